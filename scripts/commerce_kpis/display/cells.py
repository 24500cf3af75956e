"""Rows of kpi_values as the pages ask for them, each question as narrow as it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pandas as pd

from commerce_kpis.display.published import frame, tables_of

COLUMNS = """
    kpi, variant, is_default, period_grain, period_start, period_end, dimension, dimension_value,
    value, unit, currency_code, n, ci_low, ci_high, value_status, is_complete_period, is_mature,
    matures_on, previous_value, year_ago_value, is_change_significant
"""
TABLE_COLUMNS = f"{COLUMNS}, numerator, denominator, ci_method, as_of, definition_version"


@dataclass(frozen=True)
class Clock:
    """When the data end, and in which currency they are told."""

    as_of: datetime | None
    currency: str | None


def read_clock(connection: duckdb.DuckDBPyConnection) -> Clock:
    """The data's own clock."""
    row = connection.execute(
        "select max(as_of), max(currency_code) from kpi.kpi_values "
        "where dimension = 'total' and is_default"
    ).fetchone()
    return Clock(*row)


def default_values(connection: duckdb.DuckDBPyConnection, grain: str) -> pd.DataFrame:
    """The default variant of every KPI in total, over all periods of a grain."""
    return frame(
        connection,
        f"select {COLUMNS} from kpi.kpi_values "
        "where is_default and dimension = 'total' and period_grain = ? order by kpi, period_start",
        [grain],
    )


def total_values(connection: duckdb.DuckDBPyConnection, kpi: str, grain: str) -> pd.DataFrame:
    """Every variant of a KPI in total, over all periods of a grain."""
    return frame(
        connection,
        f"select {COLUMNS} from kpi.kpi_values "
        "where kpi = ? and dimension = 'total' and period_grain = ? "
        "order by is_default desc, variant, period_start",
        [kpi, grain],
    )


def member_values(
    connection: duckdb.DuckDBPyConnection,
    kpi: str,
    variant: str,
    grain: str,
    dimension: str,
    start: date,
) -> pd.DataFrame:
    """A variant by the members of a dimension in one period."""
    return frame(
        connection,
        f"select {COLUMNS} from kpi.kpi_values "
        "where kpi = ? and variant = ? and period_grain = ? and dimension = ? and period_start = ? "
        "order by value desc nulls last, dimension_value",
        [kpi, variant, grain, dimension, start],
    )


def table_values(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str, dimension: str
) -> pd.DataFrame:
    """Every cell of a KPI at a grain and dimension, for download."""
    return frame(
        connection,
        f"select {TABLE_COLUMNS} from kpi.kpi_values "
        "where kpi = ? and period_grain = ? and dimension = ? "
        "order by variant, period_start, dimension_value",
        [kpi, grain, dimension],
    )


def targets(
    connection: duckdb.DuckDBPyConnection, grain: str, kpi: str | None = None
) -> pd.DataFrame:
    """Current targets of totals at a grain: of a KPI, or of all. Empty if there are none."""
    if "kpi_budget_vs_actual" not in tables_of(connection, "kpi"):
        return pd.DataFrame(columns=["kpi", "variant", "period_start", "target_value"])
    return frame(
        connection,
        "select kpi, variant, period_start, target_value::double as target_value, attainment, "
        "is_favourable from kpi.kpi_budget_vs_actual "
        "where is_current_version and dimension = 'total' and period_grain = ? "
        "and kpi = coalesce(?, kpi) order by kpi, variant, period_start",
        [grain, kpi],
    )


def latest_complete(cells: pd.DataFrame) -> date | None:
    """First day of the latest complete period among some cells; the latest one if none is."""
    complete = cells.loc[cells["is_complete_period"].fillna(False).astype(bool), "period_start"]
    starts = complete if len(complete) else cells["period_start"]
    return starts.max().date() if len(starts) else None


def all_totals(connection: duckdb.DuckDBPyConnection, grain: str) -> pd.DataFrame:
    """Every variant of every KPI in total, over all periods of a grain."""
    return frame(
        connection,
        f"select {COLUMNS} from kpi.kpi_values where dimension = 'total' and period_grain = ? "
        "order by kpi, is_default desc, variant, period_start",
        [grain],
    )


def default_members(
    connection: duckdb.DuckDBPyConnection, grain: str, start: date | None
) -> pd.DataFrame:
    """The default variant of every KPI by the members of all dimensions, in one period."""
    return frame(
        connection,
        f"select {COLUMNS} from kpi.kpi_values "
        "where is_default and dimension <> 'total' and period_grain = ? and period_start = ? "
        "order by kpi, dimension, value desc nulls last, dimension_value",
        [grain, start],
    )
