"""Funnels: KPIs whose variants are the rates of steps, each one over the step before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from commerce_kpis.display.catalog import Catalog, Kpi, Variant
from commerce_kpis.display.published import comments_of, frame

STEP = "_step_rate"


@dataclass(frozen=True)
class Step:
    """A step of a funnel: how many came from the step before, in a member and a period."""

    name: str
    meaning: str
    count: float | None
    rate: float | None
    status: str
    lost: float | None


def funnels(catalog: Catalog) -> list[Kpi]:
    """The KPIs that have steps which follow each other."""
    return [kpi for kpi in catalog.kpis if len(step_variants(kpi)) > 1]


def step_variants(kpi: Kpi) -> list[Variant]:
    """The step rates in order: the numerator of one is the denominator of the next."""
    rates = [variant for variant in kpi.variants if variant.name.endswith(STEP)]
    by_denominator = {variant.fields["denominator"]: variant for variant in rates}
    numerators = {variant.fields["numerator"] for variant in rates}
    first = [name for name in by_denominator if name not in numerators]
    ordered: list[Variant] = []
    at = first[0] if len(first) == 1 else None
    while at in by_denominator and by_denominator[at] not in ordered:
        ordered.append(by_denominator[at])
        at = ordered[-1].fields["numerator"]
    return ordered


def read_steps(
    connection: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    grain: str,
    start: date,
    dimension: str,
    member: str,
) -> list[Step]:
    """The steps of a funnel in one cell, the first one with all that entered."""
    variants = step_variants(kpi)
    found = frame(
        connection,
        "select variant, numerator::double as numerator, denominator::double as denominator, "
        "value, value_status from kpi.kpi_values where kpi = ? and period_grain = ? "
        "and period_start = ? and dimension = ? and dimension_value = ? "
        "and list_contains(?, variant)",
        [kpi.name, grain, start, dimension, member, [variant.name for variant in variants]],
    ).set_index("variant")
    meanings = comments_of(connection, "kpi", f"kpi_{kpi.name}")
    return make_steps(variants, found, meanings)


def make_steps(
    variants: list[Variant], found: pd.DataFrame, meanings: dict[str, str]
) -> list[Step]:
    """Steps from the cells of their rates, by variant."""
    steps: list[Step] = []
    before: float | None = None
    for index, variant in enumerate(variants):
        cell = found.loc[variant.name] if variant.name in found.index else None
        entered = _number(cell, "denominator")
        if index == 0:
            name = variant.fields["denominator"]
            status = "ok" if entered is not None else _status(cell)
            steps.append(Step(name, meanings.get(name, ""), entered, None, status, None))
            before = entered
        name = variant.fields["numerator"]
        count = _number(cell, "numerator")
        lost = before - count if before is not None and count is not None else None
        rate, status = _number(cell, "value"), _status(cell)
        steps.append(Step(name, meanings.get(name, ""), count, rate, status, lost))
        before = count
    return steps


def members_of(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str, start: date, dimension: str
) -> list[str]:
    """Members with a cell in the period."""
    rows = connection.execute(
        "select distinct dimension_value from kpi.kpi_values where kpi = ? and is_default "
        "and period_grain = ? and period_start = ? and dimension = ? order by 1",
        [kpi, grain, start, dimension],
    ).fetchall()
    return [row[0] for row in rows]


def _number(cell: pd.Series | None, column: str) -> float | None:
    if cell is None or pd.isna(cell[column]):
        return None
    return float(cell[column])


def _status(cell: pd.Series | None) -> str:
    return "" if cell is None else str(cell["value_status"])
