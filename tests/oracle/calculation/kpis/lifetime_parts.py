"""K21: the parts of lifetime value, by period and member."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from oracle.calculation.activity import running_contract_accounts
from oracle.calculation.calendar import FROM_WEEK, Period, add_months, month_of
from oracle.calculation.costs import ACQUISITION
from oracle.calculation.facts import Order
from oracle.calculation.kpis.lifetime import LifetimeParts, by_member, window_of
from oracle.calculation.money import ZERO, money
from oracle.calculation.spells import ONE_DAY
from oracle.calculation.statuses import Table
from oracle.calculation.world import World

# Dimensions of cost that are dimensions of accounts too.
COST_MEMBER = {"segment": "segment", "acquisition_channel": "marketing_channel"}


def order_value(order: Order) -> tuple[Decimal, Decimal]:
    """Value and cost of the goods placed with an order."""
    placed = [line for line in order.lines if not line.is_added_later and not line.is_gift_card]
    value = sum((money(line.net * order.rate) for line in placed), ZERO)
    return value, sum((line.cost or ZERO for line in placed), ZERO)


def lifetime_table(world: World, dimensions: Iterable[str]) -> Table:
    """The parts of kpi_clv, which those of unit economics and equity are among."""
    table: Table = {}
    parts_of = _Sources(world)
    for period in (one for grain in FROM_WEEK for one in world.calendar.periods[grain]):
        table[period, "total", "all"] = {}
        for dimension in ("total", *dimensions):
            for name, amounts in parts_of.all(period, dimension).items():
                for member, amount in amounts.items():
                    table.setdefault((period, dimension, member), {})[name] = amount
    for (_, dimension, _), parts in table.items():
        for name in ("order_value", "gross_margin", "net_sales_to_date", "margin_to_date"):
            parts.setdefault(name, ZERO)
        for name in ("orders_valid", "customers_at_end", "customers_ever"):
            parts.setdefault(name, 0)
        if dimension in ("total", *COST_MEMBER):
            parts.setdefault("acquisition_cost", ZERO)
    for (period, _, _), parts in table.items():
        if period.grain == "week":
            parts["customers_modelled"] = None
        if parts.get("customers_modelled", 0) != 0:
            parts["predicted_order_value"] = parts["predicted_margin"] = None
    return table


def months_of(period: Period, today: date) -> list[date]:
    """The months that are over, or at the clock, within the window that ends with the period."""
    start, end = window_of(period.end)
    month = month_of(min(period.last_day, today))
    found = []
    while add_months(month, 1) > start:
        if min(add_months(month, 1), today + ONE_DAY) <= end:
            found.append(month)
        month = add_months(month, -1)
    return found


class _Sources:
    """Rows (account, day, amount) that are summed over and over."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.member_on = world.account_members.on
        self.today = world.reading.today
        self.sums = LifetimeParts(world.activity.tracks, self.member_on, self.today)
        valued = [(order, *order_value(order)) for order in world.sales.valid]
        self.values = [(one.account_id, one.order_date, value) for one, value, _ in valued]
        self.margins = [
            (one.account_id, one.order_date, value - cost) for one, value, cost in valued
        ]
        self.orders = [(one.account_id, one.order_date, 1) for one, _, _ in valued]
        self.firsts = [(account, days[0], 1) for account, days in world.order_dates.items()]
        self.net_sales = [(account, day, net) for account, day, net, _ in world.brought]
        self.margin = [(account, day, margin) for account, day, _, margin in world.brought]

    def all(self, period: Period, dimension: str) -> dict[str, dict]:
        """Every part of a period by one dimension."""
        start, end = window_of(period.end)
        last_day = min(period.last_day, self.today)
        customers = self.sums.customers(dimension, start, end)
        monthly = [
            self.sums.customers(dimension, month, add_months(month, 1))
            for month in months_of(period, self.today)
        ]
        return {
            "order_value": self._of(self.values, dimension, start, end),
            "gross_margin": self._of(self.margins, dimension, start, end),
            "orders_valid": self._of(self.orders, dimension, start, end),
            "new_customers": self._of(self.firsts, dimension, start, end),
            "acquisition_cost": self._costs(dimension, start, end),
            "account_days": self.sums.account_days(dimension, start, end),
            "customers_at_start": {member: count[0] for member, count in customers.items()},
            "customers_lost": {member: count[1] for member, count in customers.items()},
            "monthly_customers_at_start": _summed(monthly, 0),
            "monthly_customers_lost": _summed(monthly, 1),
            "customers_at_end": self.sums.customers_at_end(dimension, end),
            "net_sales_to_date": self._of(self.net_sales, dimension, None, end, last_day),
            "margin_to_date": self._of(self.margin, dimension, None, end, last_day),
            "customers_ever": self._of(self.firsts, dimension, None, end, last_day),
            "customers_modelled": self._modelled(dimension, end, last_day),
        }

    def _of(
        self, rows: list, dimension: str, start: date | None, end: date, day: date | None = None
    ) -> dict:
        return by_member(rows, dimension, self.member_on, start, end, day)

    def _costs(self, dimension: str, start: date, end: date) -> dict[str, Decimal]:
        """Cost of marketing and sales; it has no industry, size or cohort."""
        if dimension != "total" and dimension not in COST_MEMBER:
            return {}
        found: dict[str, Decimal] = {}
        for cost in self.world.costs.entries:
            if cost.scope in ACQUISITION and start <= cost.cost_date < end:
                is_total = dimension == "total"
                member = "all" if is_total else cost.members[COST_MEMBER[dimension]]
                found[member] = found.get(member, ZERO) + cost.amount
        return found

    def _modelled(self, dimension: str, end: date, last_day: date) -> dict[str, int]:
        """Accounts without a running contract that ordered, guests left out."""
        running = running_contract_accounts(self.world.contract_book.contracts, last_day)
        rows = [
            row for row in self.firsts if row[0] not in running and not row[0].startswith("guest:")
        ]
        return self._of(rows, dimension, None, end, last_day)


def _summed(months: list[dict[str, tuple[int, int]]], which: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for month in months:
        for member, counts in month.items():
            found[member] = found.get(member, 0) + counts[which]
    return found
