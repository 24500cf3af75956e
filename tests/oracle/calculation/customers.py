"""When an account is a customer: active and lost (2.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from oracle.calculation.facts import Entry, Order
from oracle.calculation.spells import Span

NON_PAYMENT, CANCELLED, TRANSFERRED, INACTIVITY = range(4)  # which reason wins on one day


@dataclass(frozen=True)
class Ending:
    """Something that made an account active and ended: orders that got old, or a contract."""

    ended_on: date
    kind: int
    reason: str | None = None


def order_spans(order_dates: Iterable[date], inactivity_days: int) -> list[Span]:
    """From each order to the day before its churn date; an order on that date goes on."""
    window = timedelta(days=inactivity_days)
    return [(day, day + window) for day in sorted(set(order_dates))]


def valid_order_dates(orders: Iterable[Order]) -> dict[str, list[date]]:
    """The days of the valid orders of each account."""
    result: dict[str, list[date]] = defaultdict(list)
    for order in orders:
        if order.is_valid:
            result[order.account_id].append(order.order_date)
    return {account_id: sorted(days) for account_id, days in result.items()}


def last_ending(endings: Iterable[Ending], lost_on: date) -> Ending:
    """What ended last names the reason; on one day non-payment, cancelled, transferred, age."""
    candidates = [ending for ending in endings if ending.ended_on <= lost_on]
    return min(
        candidates,
        key=lambda ending: (-ending.ended_on.toordinal(), ending.kind, ending.reason or ""),
    )


NET_SALES = {"gross": 1, "discount": -1, "return": -1, "cancellation": -1}


def brought(entries: Iterable[Entry]) -> list[tuple[str, date, Decimal, Decimal]]:
    """Account, day, net sales and margin of each movement that has any."""
    found = []
    for entry in entries:
        net = entry.amount * NET_SALES.get(entry.kind, 0)
        cost = entry.amount if entry.kind == "cost" else Decimal(0)
        if net or cost:
            found.append((entry.order.account_id, entry.entry_date, net, net - cost))
    return found


def net_sales(brought: Iterable[tuple[date, Decimal]], start: date, end: date) -> Decimal:
    """The sum of what was brought in [start, end)."""
    return sum((net for day, net in brought if start <= day < end), Decimal(0))
