"""What KPIs of leads and acquisition have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta

from oracle.calculation.calendar import Calendar, Period
from oracle.calculation.facts import Member
from oracle.calculation.statuses import TOTAL, Table

FROM_WEEK = ("week", "month", "quarter", "year", "r12m")
Cells = Iterable  # of (CellKey, Cell)


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


def left_censored(first_order_date: date | None, days: int) -> Callable[[Period], bool]:
    """Whether a period begins in the first days of orders, when nobody can be shown to be new."""

    def test(period: Period) -> bool:
        return first_order_date is not None and period.start < first_order_date + timedelta(days)

    return test
