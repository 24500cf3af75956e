"""Cohorts: KPIs whose table says how many months have passed since the first order of a cohort."""

from __future__ import annotations

import duckdb
import pandas as pd

from commerce_kpis.display.catalog import Catalog, Kpi
from commerce_kpis.display.published import frame
from commerce_kpis.sql import quoted

AGE = "months_since_first_order"


def cohort_kpis(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> list[Kpi]:
    """The KPIs that follow cohorts."""
    tables = {
        row[0]
        for row in connection.execute(
            "select table_name from information_schema.columns "
            "where table_schema = 'kpi' and column_name = ?",
            [AGE],
        ).fetchall()
    }
    return [kpi for kpi in catalog.kpis if f"kpi_{kpi.name}" in tables]


def read_cohorts(connection: duckdb.DuckDBPyConnection, kpi: str, variant: str) -> pd.DataFrame:
    """A cell per cohort and age: cohort, age, value, n, unit, currency_code, value_status.

    Cohorts are those of the one dimension of the KPI; their total is not among them.
    """
    table = f"kpi.{quoted(f'kpi_{kpi}')}"
    return frame(
        connection,
        f"""
        select
            cells.dimension_value as cohort, ages.{quoted(AGE)} as age, cells.value, cells.n,
            cells.unit, cells.currency_code, cells.value_status, cells.is_complete_period
        from kpi.kpi_values as cells
        inner join {table} as ages
            on
                cells.period_grain = ages.period_grain
                and cells.period_start = ages.period_start
                and cells.dimension = ages.dimension
                and cells.dimension_value = ages.dimension_value
        where
            cells.kpi = ?
            and cells.variant = ?
            and cells.dimension <> 'total'
            and cells.period_grain = 'month'
            and ages.{quoted(AGE)} is not null
        order by cohort, age
        """,
        [kpi, variant],
    )
