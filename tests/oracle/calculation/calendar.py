"""Business dates and the one spine of periods that all KPIs share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from oracle.calculation.contract import TABLES
from oracle.calculation.reading import Reading

GRAINS = ("day", "week", "month", "quarter", "year", "r12m")
FROM_WEEK = GRAINS[1:]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """A half-open period."""

    grain: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last_day(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return first + timedelta(days=min(day.day, _days_in_month(first)) - 1)


def _days_in_month(first: date) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


class Calendar:
    """Periods from the first day with an event of any kind to the running one."""

    def __init__(self, reading: Reading, parameters: dict, cost_days: Iterable[date] = ()) -> None:
        """Find the first day.

        Args:
            reading: what was read.
            parameters: those of the build.
            cost_days: days to which costs are spread.
        """
        self.reading = reading
        self.fiscal_start = int(parameters["fiscal_year_start_month"])
        self.today = reading.today
        # Without any event there are no periods, whatever the clock says.
        self.first_day = min((*_event_dates(reading), *cost_days), default=date.max)
        self._of_day: dict[date, dict[str, list[Period]]] = {}

    def business_date(self, moment: datetime) -> date:
        """The date of a moment in the reporting time zone."""
        return self.reading.business_date(moment)

    def period_at(self, grain: str, day: date) -> Period:
        """The period that a day lies in; of `r12m` the window that ends with its month."""
        if grain == "day":
            return Period(grain, day, day + timedelta(days=1))
        if grain == "week":
            start = day - timedelta(days=day.weekday())
            return Period(grain, start, start + timedelta(days=7))
        if grain == "r12m":
            end = add_months(month_of(day), 1)
            return Period(grain, add_months(end, -12), end)
        months = MONTHS[grain]
        offset = (day.month - self.fiscal_start) % months
        start = add_months(month_of(day), -offset)
        return Period(grain, start, add_months(start, months))

    @cached_property
    def periods(self) -> dict[str, list[Period]]:
        """All periods of each grain, in order."""
        found: dict[str, list[Period]] = {}
        for grain in GRAINS:
            rows, day = [], self.first_day
            while day <= self.today:
                period = self.period_at(grain, day)
                rows.append(period)
                day = add_months(month_of(day), 1) if grain == "r12m" else period.end
            if grain == "r12m":
                rows = [row for row in rows if row.start >= month_of(self.first_day)]
            found[grain] = rows
        return found

    @cached_property
    def all_periods(self) -> list[Period]:
        """All periods of all grains."""
        return [period for rows in self.periods.values() for period in rows]

    def periods_of(self, day: date) -> list[Period]:
        """Every period that holds a day; up to twelve rolling windows hold it."""
        return [period for rows in self.by_grain(day).values() for period in rows]

    def by_grain(self, day: date) -> dict[str, list[Period]]:
        """The periods that hold a day, by grain."""
        if day not in self._of_day:
            self._of_day[day] = self._find(day)
        return self._of_day[day]

    def _find(self, day: date) -> dict[str, list[Period]]:
        if not self.first_day <= day <= self.today:
            return {}
        found = {grain: [self.period_at(grain, day)] for grain in GRAINS if grain != "r12m"}
        first = self.period_at("r12m", day)
        windows = [
            Period("r12m", add_months(first.start, step), add_months(first.end, step))
            for step in range(12)
        ]
        existing = set(self.periods["r12m"])
        found["r12m"] = [window for window in windows if window in existing]
        return found

    def is_complete(self, period: Period) -> bool:
        """Whether the period's end is at or before the clock, in the reporting zone."""
        return period.end <= self.today

    def is_mature(self, period: Period, window_days: int = 0) -> bool:
        """Whether the window of the last unit of the period is over as well."""
        return period.end + timedelta(days=window_days) <= self.today

    def previous(self, period: Period) -> Period | None:
        """The period before it, if it exists; of a rolling year the one twelve months earlier."""
        if period.grain == "r12m":
            return self._existing(period.grain, add_months(period.end, -13))
        return self._existing(period.grain, period.start - timedelta(days=1))

    def year_ago(self, period: Period) -> Period | None:
        """The same period of the year before, if it exists; of a week that of 52 weeks earlier."""
        if period.grain == "week":
            return self._existing("week", period.start - timedelta(weeks=52))
        if period.grain == "r12m":
            return self.previous(period)
        return self._existing(period.grain, add_months(period.start, -12))

    def _existing(self, grain: str, day: date) -> Period | None:
        period = self.period_at(grain, day)
        return period if period in set(self.periods[grain]) else None


def _event_dates(reading: Reading) -> Iterable[date]:
    """Dates of all events, and of the parts of rows that have dates of their own."""
    for table, rows in reading.tables.items():
        names = [TABLES[table].dated_by, *TABLES[table].parts_dated_by]
        for row in rows:
            if row["exclusion_reason"] is not None:
                continue
            for name in names:
                value = row[name] if name else None
                if isinstance(value, datetime):
                    yield reading.business_date(value)
                elif value is not None:
                    yield value
