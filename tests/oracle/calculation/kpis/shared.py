"""What KPIs of leads and acquisition have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta

from oracle.calculation.calendar import Calendar, Period, add_months
from oracle.calculation.facts import Member, Order
from oracle.calculation.statuses import TOTAL, Table
from oracle.calculation.world import World

FROM_WEEK = ("week", "month", "quarter", "year", "r12m")
Cells = Iterable  # of (CellKey, Cell)
Spot = tuple[str, str]  # dimension, member


def spots(members: Member, dimensions: Iterable[str]) -> list[tuple[str, str]]:
    """The (dimension, member) pairs of something."""
    return [(dimension, members[dimension]) for dimension in dimensions]


class Lists:
    """Values of units that statistics are taken of, by period, dimension and member."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.found: Table = {}

    def add(
        self, day: date, name: str, value: Hashable, members: Iterable[tuple[str, str]]
    ) -> None:
        """Add a value of a day to the list of a part, in the total and in each member."""
        members = [TOTAL, *members]
        for grain in FROM_WEEK:
            for period in self.calendar.by_grain(day).get(grain, ()):
                for spot in members:
                    parts = self.found.setdefault((period, *spot), {})
                    parts.setdefault(name, []).append(value)


def left_censored(world: World) -> Callable[[Period], bool]:
    """Whether a period begins in the first days of orders, when nobody can be shown to be new."""
    return _censored(world, world.number("left_censor_days"))


def active_censored(world: World) -> Callable[[Period], bool]:
    """Whether a period begins when nobody could be lost yet, so that all seem to be active."""
    return _censored(world, world.number("inactivity_days"))


def _censored(world: World, window: int) -> Callable[[Period], bool]:
    sales = (order.order_date for order in world.sales.orders.values() if is_a_sale(order))
    first, days = min(sales, default=None), timedelta(days=window)

    def test(period: Period) -> bool:
        return first is not None and period.start < first + days

    return test


def is_a_sale(order: Order) -> bool:
    """Whether an order shows that the history of sales had begun."""
    counts = order.exclusion_reason in (None, "internal_account")
    return order.is_placed and order.order_type == "sale" and counts


def cost_is_missing(world: World, scopes: Iterable[str]) -> Callable[[Period], bool]:
    """Whether a whole month that a period touches has no booking in a scope booked before."""
    gaps = world.costs.gaps()
    months = sorted(set().union(*(gaps.get(scope, set()) for scope in scopes)))

    def test(period: Period) -> bool:
        return any(month < period.end and period.start < add_months(month, 1) for month in months)

    return test


def fx_is_missing(world: World, scopes: Iterable[str]) -> Callable[[Period], bool]:
    """Whether a booking that would fall into a period was rejected for lack of a rate."""
    scopes = set(scopes)
    spans = [(start, end) for scope, start, end in world.costs.fx_missing if scope in scopes]

    def test(period: Period) -> bool:
        return any(start < period.end and period.start < end for start, end in spans)

    return test
