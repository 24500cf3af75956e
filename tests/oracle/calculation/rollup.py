"""Facts with a date and members become parts by period, dimension and member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from oracle.calculation.calendar import Calendar, Period
from oracle.calculation.statuses import TOTAL, Table


class Sums:
    """Measures that are added up."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.days: dict[tuple[date, str, str], dict[str, Decimal]] = {}

    def add(
        self,
        day: date,
        measures: dict[str, Decimal | int],
        members: Iterable[tuple[str, str]],
        with_total: bool = True,
    ) -> None:
        """Add measures of a day in the total and in each (dimension, member)."""
        for spot in (*((TOTAL,) if with_total else ()), *members):
            cell = self.days.setdefault((day, *spot), {})
            for name, amount in measures.items():
                cell[name] = cell.get(name, 0) + amount

    def table(self, grains: Iterable[str]) -> Table:
        """The sums of each period."""
        found: Table = {}
        for (day, dimension, member), cell in self.days.items():
            periods = self.calendar.by_grain(day)
            for period in (period for grain in grains for period in periods.get(grain, ())):
                parts = found.setdefault((period, dimension, member), {})
                for name, amount in cell.items():
                    parts[name] = parts.get(name, 0) + amount
        return found


class Units:
    """Units that are counted once in whatever period, dimension and member they appear."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.days: dict[tuple[date, str, str], dict[str, set]] = {}

    def add(
        self,
        day: date,
        units: dict[str, object],
        members: Iterable[tuple[str, str]],
        with_total: bool = True,
    ) -> None:
        """Note the unit of each part on a day, in the total and in each (dimension, member)."""
        for spot in (*((TOTAL,) if with_total else ()), *members):
            cell = self.days.setdefault((day, *spot), {})
            for name, unit in units.items():
                cell.setdefault(name, set()).add(unit)

    def sets(self, grains: Iterable[str]) -> dict[tuple[Period, str, str], dict[str, set]]:
        """The units of each period."""
        found: dict[tuple[Period, str, str], dict[str, set]] = defaultdict(dict)
        for (day, dimension, member), cell in self.days.items():
            periods = self.calendar.by_grain(day)
            for period in (period for grain in grains for period in periods.get(grain, ())):
                parts = found[(period, dimension, member)]
                for name, units in cell.items():
                    parts.setdefault(name, set()).update(units)
        return found

    def table(self, grains: Iterable[str]) -> Table:
        """How many units each period has."""
        return {
            spot: {name: len(units) for name, units in parts.items()}
            for spot, parts in self.sets(grains).items()
        }


def merged(*tables: Table) -> Table:
    """Tables of parts side by side."""
    found: Table = {}
    for table in tables:
        for spot, parts in table.items():
            found.setdefault(spot, {}).update(parts)
    return found
