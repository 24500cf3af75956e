"""A day after the demo company's history, and the day of its history that it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from demo_company.clock import LAST_DAY

# 52 weeks: the same weekday of the year before.
YEAR = 364


@dataclass(frozen=True)
class Day:
    """The day with that number after the history: 1 is the first."""

    number: int

    @property
    def date(self) -> date:
        """The day itself."""
        return LAST_DAY + timedelta(days=self.number)

    @property
    def night(self) -> datetime:
        """The load that sees it."""
        return datetime.combine(self.date + timedelta(days=1), time(2))

    @property
    def round(self) -> Round:
        """The repetition of the last year that the day belongs to."""
        return Round((self.number + YEAR - 1) // YEAR)

    @property
    def rounds(self) -> list[Round]:
        """All repetitions up to that day, and the history itself."""
        return [Round(number) for number in range(self.round.number + 1)]

    @property
    def source(self) -> date:
        """The day of the history that it repeats."""
        return self.date - timedelta(days=self.round.days)


@dataclass(frozen=True)
class Round:
    """A repetition of the history's last year; 0 is the history itself, as it happened."""

    number: int

    @property
    def days(self) -> int:
        """By how many days it comes later."""
        return YEAR * self.number

    @property
    def mark(self) -> str:
        """What its ids end with."""
        return f".y{self.number}" if self.number else ""

    @property
    def first_source(self) -> date:
        """The first day of the history that it repeats."""
        return LAST_DAY - timedelta(days=YEAR - 1) if self.number else date.min
