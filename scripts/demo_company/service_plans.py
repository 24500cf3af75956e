"""The plans that the shop offers, and a contract on one of them before it becomes rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .model import Company, Row, rounded


@dataclass(frozen=True)
class Plan:
    """A plan: `price` in EUR cents per billing interval and unit."""

    name: str
    interval: str
    count: int
    price: int
    weight: int
    product_id: str = ""


MAINTENANCE = Plan("Maintenance Basic", "month", 1, 9900, 30, "P35")
PLUS = Plan("Maintenance Plus", "month", 1, 24900, 22, "P35")
PRO = Plan("Maintenance Pro", "quarter", 1, 149000, 12, "P35")
CALIBRATION = Plan("Calibration", "year", 1, 228000, 14, "P34")
BOX = Plan("Consumables box", "week", 4, 18500, 12, "P31")
CLEANING = Plan("Cleaning service", "week", 1, 4500, 5)
RENTAL = Plan("Pump rental", "day", 1, 650, 4, "P01")
MONITORING = Plan("Monitoring", "month", 1, 0, 0)
PLANS = (MAINTENANCE, PLUS, PRO, CALIBRATION, BOX, CLEANING, RENTAL)


@dataclass
class Contract:
    """A subscription with its changes: (day, change type, new values, days until recorded)."""

    company: Company
    plan: Plan
    start: date
    quantity: int = 1
    end: date | None = None
    values: Row = field(default_factory=dict)
    changes: list[tuple[date, str, Row, int]] = field(default_factory=list)

    @property
    def price(self) -> int:
        """Price per interval in cents of the company's currency."""
        return (
            rounded(self.plan.price * 86, 100)
            if self.company.currency == "GBP"
            else (self.plan.price)
        )


def end_contract(contract: Contract, day: date, reason: str, notice: int = 30) -> None:
    """End the contract on that day, after a request `notice` days before if that is positive."""
    contract.end = day
    contract.values["cancel_reason"] = reason
    asked = day - timedelta(days=notice)
    if notice and asked > contract.start:
        contract.values["cancel_requested_at"] = datetime.combine(asked, time(10, 30))
        contract.changes.append((asked, "cancel_request", {}, 0))
        contract.changes.sort(key=lambda change: change[0])
    contract.changes.append((day, "end", {}, 0))
