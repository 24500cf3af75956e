"""What the report tells, read from the file with a few wide questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import duckdb
import pandas as pd

from commerce_kpis.display.catalog import Catalog, Kpi, read_catalog
from commerce_kpis.display.cells import (
    Clock,
    all_totals,
    default_members,
    latest_complete,
    read_clock,
    targets,
)
from commerce_kpis.display.cohorts import cohort_kpis, read_cohorts
from commerce_kpis.display.funnels import Step, funnels, read_steps
from commerce_kpis.display.movements import Movement, find_movements, period_rows, read_movements
from commerce_kpis.display.quality import TrustTable, read_quality


@dataclass(frozen=True)
class Contents:
    """A report: the latest complete period of a grain, and what led to it.

    Frames hold rows of kpi_values; dictionaries are by the name of a KPI.
    """

    catalog: Catalog
    clock: Clock
    grain: str
    start: date | None
    totals: pd.DataFrame
    members: pd.DataFrame
    targets: pd.DataFrame
    quality: dict[str, TrustTable]
    steps: dict[str, list[Step]] = field(default_factory=dict)
    cohorts: dict[str, pd.DataFrame] = field(default_factory=dict)
    movements: dict[str, tuple[Movement, pd.DataFrame]] = field(default_factory=dict)

    def totals_of(self, kpi: Kpi) -> pd.DataFrame:
        """All variants of a KPI over time."""
        return self.totals[self.totals["kpi"] == kpi.name]

    def members_of(self, kpi: Kpi) -> tuple[str, pd.DataFrame] | None:
        """Its first dimension with more than one member, and their cells."""
        own = self.members[self.members["kpi"] == kpi.name]
        for dimension in kpi.dimensions:
            cells = own[own["dimension"] == dimension]
            if len(cells) > 1:
                return dimension, cells
        return None


def read_contents(connection: duckdb.DuckDBPyConnection, grain: str) -> Contents:
    """Everything the report tells."""
    catalog = read_catalog(connection)
    totals = all_totals(connection, grain)
    start = latest_complete(totals)
    contents = Contents(
        catalog,
        read_clock(connection),
        grain,
        start,
        totals,
        default_members(connection, grain, start),
        targets(connection, grain),
        read_quality(connection),
    )
    if start is None:
        return contents
    for kpi in funnels(catalog):
        contents.steps[kpi.name] = read_steps(connection, kpi, grain, start, "total", "all")
    for kpi in cohort_kpis(connection, catalog):
        contents.cohorts[kpi.name] = read_cohorts(connection, kpi.name, kpi.default.name)
    for movement in find_movements(connection, catalog):
        rows = period_rows(movement, read_movements(connection, movement, grain), start)
        if rows is not None:
            contents.movements[movement.kpi.name] = (movement, rows)
    return contents
