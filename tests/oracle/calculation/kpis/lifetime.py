"""K21: what a customer is worth, from the twelve months that end with a period."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from oracle.calculation.calendar import add_months
from oracle.calculation.spells import ONE_DAY, Track

MemberOn = Callable[[str, str, date], str]
Sum = int | Decimal


def lifetime_years(at_start: int, lost: int, cap_years: int) -> float | None:
    """Customers at the start over those lost, at most the cap, also if nobody was lost."""
    if not at_start:
        return None
    return min(at_start / lost, float(cap_years)) if lost else float(cap_years)


def discounted_years(years: float, rate: float) -> float:
    """What 1 a year is worth today, paid at the end of each year; the last part pays its part."""
    whole = math.floor(years)
    paid = sum((1 + rate) ** -year for year in range(1, whole + 1))
    return paid + (years - whole) * (1 + rate) ** -(whole + 1)


def window_of(period_end: date) -> tuple[date, date]:
    """The twelve months that end with the period."""
    return add_months(period_end, -12), period_end


class LifetimeParts:
    """Sums over accounts for each period and member of a dimension."""

    def __init__(self, tracks: dict[str, Track], member_on: MemberOn, as_of_date: date) -> None:
        self.tracks = tracks
        self.member_on = member_on
        self.as_of_date = as_of_date

    def _last_day(self, end: date) -> date:
        return min(end - ONE_DAY, self.as_of_date)

    def customers(self, dimension: str, start: date, end: date) -> dict[str, tuple[int, int]]:
        """Customers at the start and those of them who are lost at the end."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for unit_id, track in self.tracks.items():
            if track.is_active(start - ONE_DAY):
                counts = found[self.member_on(unit_id, dimension, start)]
                counts[0] += 1
                counts[1] += not track.is_active(self._last_day(end))
        return {member: (counts[0], counts[1]) for member, counts in found.items()}

    def customers_at_end(self, dimension: str, end: date) -> dict[str, int]:
        """Customers on the last day, with the members of that day."""
        last_day = self._last_day(end)
        found: dict[str, int] = defaultdict(int)
        for unit_id, track in self.tracks.items():
            if track.is_active(last_day):
                found[self.member_on(unit_id, dimension, last_day)] += 1
        return dict(found)

    def account_days(self, dimension: str, start: date, end: date) -> dict[str, int]:
        """Days on which an account was active, with the members of each day."""
        found: dict[str, int] = defaultdict(int)
        until = min(end, self.as_of_date + ONE_DAY)
        for unit_id, track in self.tracks.items():
            for first, last in track.active_days(start, until):
                if dimension == "total":
                    found["all"] += (last - first).days
                    continue
                day = first
                while day < last:
                    found[self.member_on(unit_id, dimension, day)] += 1
                    day += timedelta(days=1)
        return dict(found)


def by_member(
    rows: Iterable[tuple[str, date, Sum]],
    dimension: str,
    member_on: MemberOn,
    start: date | None,
    end: date,
    member_day: date | None = None,
) -> dict[str, Sum]:
    """Sum of rows (account, day, amount) of [start, end) by the member of their own day.

    `member_day` takes the members of another day instead; `start` None sums from the first day.
    """
    found: dict[str, Sum] = defaultdict(int)
    for account_id, day, amount in rows:
        if (start is None or start <= day) and day < end:
            found[member_on(account_id, dimension, member_day or day)] += amount
    return dict(found)
