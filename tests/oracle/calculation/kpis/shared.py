"""What KPIs of leads and acquisition have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta

from oracle.calculation.calendar import Calendar, Period, add_months
from oracle.calculation.facts import Member
from oracle.calculation.orders import NOT_ORDERS
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
    return begins_before(first_sale(world), world.number("left_censor_days"))


def active_censored(world: World) -> Callable[[Period], bool]:
    """Whether a period begins when nobody could be lost yet, so that all seem to be active."""
    return begins_before(first_sale(world), world.number("inactivity_days"))


def begins_before(first: date | None, window_days: int) -> Callable[[Period], bool]:
    """Whether a period starts before the first day and the window after it."""

    def test(period: Period) -> bool:
        return first is not None and period.start < first + timedelta(days=window_days)

    return test


def first_sale(world: World) -> date | None:
    """The day of the earliest sale that was placed, whatever became of it and whoever bought."""
    sales = (
        world.reading.business_date(row["placed_at"])
        for row in world.reading.live("orders")
        if row["order_type"] == "sale"
        and row["order_status"] not in NOT_ORDERS
        and not row["is_test"]
    )
    return min(sales, default=None)


def cost_is_missing(world: World, scopes: Iterable[str]) -> Callable[[Period], bool]:
    """Whether a whole month that a period touches has no booking in a scope booked before."""
    gaps = world.costs.gaps()
    months = sorted(set().union(*(gaps.get(scope, set()) for scope in scopes)))

    def test(period: Period) -> bool:
        return any(month < period.end and period.start < add_months(month, 1) for month in months)

    return test


def fx_is_missing(world: World, scopes: Iterable[str]) -> Callable[[Period], bool]:
    """Whether a month that a period touches has a booking that was rejected for lack of a rate."""
    scopes = set(scopes)
    spans = [
        (start.replace(day=1), add_months((end - timedelta(days=1)).replace(day=1), 1))
        for scope, start, end in world.costs.fx_missing
        if scope in scopes
    ]

    def test(period: Period) -> bool:
        return any(start < period.end and period.start < end for start, end in spans)

    return test
