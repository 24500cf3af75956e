"""Sessions by period and member, and the visitors among them: what the KPIs of traffic share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import TypeVar

from oracle.calculation.calendar import Calendar
from oracle.calculation.statistics import Interval, delta
from oracle.calculation.statuses import TOTAL, Parts, Spot

Item = TypeVar("Item")
WEB = "web_events or web_sessions"
ORDER_LINK = (
    "orders.session_id or orders.client_id or orders.contact_id or orders.email"
    " or web_events.order_id"
)


def group(
    calendar: Calendar,
    grains: Iterable[str],
    items: Iterable[Item],
    day_of: Callable[[Item], date],
    dimensions: Iterable[str],
) -> dict[Spot, list[Item]]:
    """The items of each period, in the total and in each member of each dimension."""
    found: dict[Spot, list[Item]] = defaultdict(list)
    for item in items:
        periods = calendar.by_grain(day_of(item))
        spots = [TOTAL, *((name, item.members[name]) for name in dimensions)]
        for grain in grains:
            for period in periods.get(grain, ()):
                for spot in spots:
                    found[(period, *spot)].append(item)
    return found


def clusters(
    rows: Iterable[tuple[object, float, float]],
) -> list[tuple[float, float]]:
    """Numerator and denominator of each unit that repeats, from (unit, numerator, denominator)."""
    found: dict[object, list[float]] = defaultdict(lambda: [0, 0])
    for unit, above, below in rows:
        found[unit][0] += above
        found[unit][1] += below
    return [(above, below) for above, below in found.values()]


def delta_of(name: str, lower: float | None = 0, upper: float | None = None) -> Callable:
    """The interval from the clusters that stand in a part of this name, within its bounds."""
    return partial(_bounded, name=name, lower=lower, upper=upper)


def _bounded(parts: Parts, name: str, lower: float | None, upper: float | None) -> Interval:
    low, high = delta(parts.get(name, ()))
    if low is not None and lower is not None:
        low = max(low, lower)
    if high is not None and upper is not None:
        high = min(high, upper)
    return low, high


def less(before: str, after: str) -> Callable[[Parts], int | None]:
    """What is lost from one part to another; unknown if one of them is."""

    def take(parts: Parts) -> int | None:
        pair = (parts.get(before, 0), parts.get(after, 0))
        return None if None in pair else pair[0] - pair[1]

    return take
