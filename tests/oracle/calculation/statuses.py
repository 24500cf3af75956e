"""From parts to cells: value, n, interval, status, completeness and maturity, as rule 2.7 has it.

A KPI says in a `Variant` what each number is made of. Its parts stand in a `Table`: for each
period, dimension and member a dict of parts by name. `make_cells` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from oracle.calculation.calendar import Calendar, Period
from oracle.calculation.cell import Cell, CellKey, Number
from oracle.calculation.reading import Reading
from oracle.calculation.statistics import NO_INTERVAL, Interval, wilson

Parts = dict[str, object]
Spot = tuple[Period, str, str]  # period, dimension, member
Table = dict[Spot, Parts]
Take = str | Callable[[Parts], Number]

TOTAL = ("total", "all")
NULL_STATUSES = (
    "missing_source",
    "missing_cost",
    "no_activity",
    "zero_denominator",
    "not_estimable",
)


@dataclass(frozen=True)
class Variant:
    """One number of a KPI.

    numerator, denominator, n: the name of a part, or what gives it from the parts; a part that is
        None is not known for this member. Without a denominator the number is a sum or a count.
    statistic: what gives the value of a number that is no one ratio; None is `not_estimable`. Such
        a number has no parts, but is without activity where `activity` is 0.
    interval: `wilson`, or what gives the interval from the parts.
    needs: tables or columns (`refunds`, `a.b or c`) without which it says `missing_source`.
    lacks_source: whether a source that was delivered says nothing at all of a part.
    window_days: how long after its period's end it still moves by itself.
    not_estimable, missing_cost, fx_missing, left_censored: whether a period is so.
    scale: what the ratio is multiplied by.
    """

    name: str
    numerator: Take | None = None
    denominator: Take | None = None
    n: Take | None = None
    statistic: Callable[[Parts], Number] | None = None
    activity: Take | None = None
    interval: str | Callable[[Parts], Interval] | None = None
    needs: tuple[str, ...] = ()
    window_days: int = 0
    not_estimable: Callable[[Period], bool] | None = None
    missing_cost: Callable[[Period], bool] | None = None
    fx_missing: Callable[[Period], bool] | None = None
    left_censored: Callable[[Period], bool] | None = None
    lacks_source: bool = False
    scale: int = 1
    grains: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Maker:
    """What all KPIs need to make cells."""

    reading: Reading
    calendar: Calendar
    low_n: int

    def make_cells(
        self,
        kpi: str,
        variants: Iterable[Variant],
        table: Table,
        grains: Iterable[str],
        part_needs: dict[str, tuple[str, ...]] | None = None,
    ) -> Iterator[tuple[CellKey, Cell]]:
        """The cells of a KPI: all totals, and the members that have parts.

        Args:
            kpi: its table without kpi_.
            variants: its numbers.
            table: parts by period, dimension and member.
            grains: those that it is offered in.
            part_needs: what parts need; a part whose source was not delivered is None, the others
                are shown. If it is not given, numbers without a source show no part at all.
        """
        rows = {(period, *TOTAL): {} for grain in grains for period in self.calendar.periods[grain]}
        rows.update({spot: parts for spot, parts in table.items() if spot[0].grain in grains})
        unknown = dict.fromkeys(
            part
            for part, needs in (part_needs or {}).items()
            if not all(self.reading.has(need) for need in needs)
        )
        rows = {spot: parts | unknown for spot, parts in rows.items()}
        for variant in variants:
            missing = not all(self.reading.has(need) for need in variant.needs)
            for (period, dimension, member), parts in rows.items():
                if variant.grains and period.grain not in variant.grains:
                    continue
                key = CellKey(kpi, variant.name, period.grain, period.start, dimension, member)
                yield key, self.cell(variant, period, parts, missing, part_needs is None)

    def cell(
        self,
        variant: Variant,
        period: Period,
        parts: Parts,
        missing: bool,
        hides_parts: bool = True,
    ) -> Cell:
        """One number with its status."""
        hidden = missing and hides_parts
        numerator = None if hidden else _take(variant.numerator, parts)
        denominator = None if hidden else _take(variant.denominator, parts)
        n = None if hidden else _whole(_take(variant.n, parts))
        status = self._status(variant, period, parts, missing, numerator, denominator, n)
        value = None
        if status not in NULL_STATUSES:
            if variant.statistic:
                value = variant.statistic(parts)
            elif variant.denominator is None:
                value = numerator
            else:
                value = variant.scale * float(numerator) / float(denominator)
        low, high = NO_INTERVAL
        if value is not None and variant.interval == "wilson":
            low, high = wilson(numerator, denominator)
        elif value is not None and callable(variant.interval):
            low, high = variant.interval(parts)
        return Cell(
            value=value,
            numerator=numerator,
            denominator=denominator,
            n=n,
            ci_low=low,
            ci_high=high,
            value_status=status,
            is_complete_period=self.calendar.is_complete(period),
            is_mature=self.calendar.is_mature(period, variant.window_days),
        )

    def _status(
        self,
        variant: Variant,
        period: Period,
        parts: Parts,
        missing: bool,
        numerator: Number,
        denominator: Number,
        n: Number,
    ) -> str:
        """The first status that applies."""
        if missing or variant.lacks_source:
            return "missing_source"
        if variant.missing_cost and variant.missing_cost(period):
            return "missing_cost"
        if variant.statistic:
            if not _take(variant.activity or variant.n, parts):
                return "no_activity"
            if variant.statistic(parts) is None:
                return "not_estimable"
        elif variant.denominator is not None:
            if not numerator and denominator == 0:
                return "no_activity"
            if denominator == 0:
                return "zero_denominator"
        if variant.not_estimable and variant.not_estimable(period):
            return "not_estimable"
        if not variant.statistic and (
            numerator is None or (variant.denominator is not None and denominator is None)
        ):
            return "not_estimable"
        for status in ("fx_missing", "left_censored"):
            test = getattr(variant, status)
            if test and test(period):
                return status
        if not self.calendar.is_complete(period):
            return "partial_period"
        if not self.calendar.is_mature(period, variant.window_days):
            return "immature"
        if n is not None and n < self.low_n:
            return "low_n"
        return "ok"


def _take(take: Take | None, parts: Parts) -> Number:
    if take is None:
        return None
    if isinstance(take, str):
        return parts.get(take, Decimal(0))
    try:
        return take(parts)
    except TypeError:  # of a part that is None
        return None


def _whole(n: Number) -> int | None:
    """A number of units; shares of them are rounded half up."""
    return None if n is None else int(Decimal(n).quantize(Decimal(1), ROUND_HALF_UP))
