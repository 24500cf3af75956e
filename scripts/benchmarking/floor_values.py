"""All KPI tables of the floor in one long table, with the values before and a year ago."""

from __future__ import annotations

import duckdb
from commerce_kpis.kpi_yaml import kpi_models

CELL = "cells.grain = {0}.grain and cells.dimension = {0}.dimension and cells.member = {0}.member"


def write_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `kpi.kpi_values` of each variant that the floor's tables have a column of."""
    connection.execute(
        "create table kpi.kpi_values (kpi varchar, variant varchar, period_grain varchar, "
        "period_start date, dimension varchar, dimension_value varchar, numerator decimal(38, 12), "
        "denominator decimal(38, 12), value double, n bigint, previous_value double, "
        "year_ago_value double)"
    )
    made = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'kpi'"
    ).fetchall()
    for model in kpi_models():
        if (model.name,) not in made:
            continue
        columns = set(connection.sql(f"from kpi.{model.name}").columns)
        rows = ", ".join(
            _row(name, variant, columns)
            for name, variant in model.meta["variants"].items()
            if name in columns
        )
        connection.execute(
            f"""
            insert into kpi.kpi_values
            with cells as (
                select
                    tables.*, periods.grain, periods.number, tables.dimension_value as member,
                    periods.number - case periods.grain when 'r12m' then 12 else 1 end as previous,
                    periods.number - case periods.grain
                        when 'day' then date_diff('day', periods.year_ago_start, periods.starts_on)
                        when 'week' then 52 when 'month' then 12 when 'quarter' then 4
                        when 'year' then 1 else 12
                    end as year_ago,
                    firsts.first_number
                from kpi.{model.name} as tables
                inner join periods
                    on tables.period_grain = periods.grain
                    and tables.period_start = periods.starts_on
                inner join (
                    select grain, min(number) as first_number from periods group by grain
                ) as firsts on periods.grain = firsts.grain
            ),

            rows as (
                select
                    cells.period_grain, cells.period_start, cells.dimension, cells.dimension_value,
                    unnest([{rows}], recursive := true)
                from cells
                left join cells as before
                    on {CELL.format("before")} and cells.previous = before.number
                left join cells as earlier
                    on {CELL.format("earlier")} and cells.year_ago = earlier.number
            )

            select
                '{model.name.removeprefix("kpi_")}', variant, period_grain, period_start, dimension,
                dimension_value, numerator, denominator, value, n, previous_value, year_ago_value
            from rows
            where
                dimension = 'total' or coalesce(numerator, 0) != 0
                or coalesce(denominator, 0) != 0 or coalesce(value, 0) != 0 or n != 0
            """
        )


def _row(name: str, variant: dict, columns: set[str]) -> str:
    """A variant as a struct. A sum that is not there in an earlier period was 0 then."""
    numerator, denominator = variant.get("numerator"), variant.get("denominator")
    is_statistic = variant.get("is_statistic", False)
    is_sum = not denominator and not is_statistic
    earlier = {
        "previous_value": ("before", "previous"),
        "year_ago_value": ("earlier", "year_ago"),
    }
    values = ", ".join(
        f"{column}: cast("
        + (
            f"case when cells.{number} >= cells.first_number "
            f"then coalesce({alias}.{name}, cells.{name} * 0) end"
            if is_sum
            else f"{alias}.{name}"
        )
        + " as double)"
        for column, (alias, number) in earlier.items()
    )
    top = f"cells.{numerator}" if numerator else "null" if is_statistic else f"cells.{name}"
    bottom = f"cells.{denominator}" if denominator else "null"
    n = f"cells.{variant['n']}" if variant.get("n") in columns else "null"
    return (
        f"{{variant: '{name}', numerator: cast({top} as decimal(38, 12)), "
        f"denominator: cast({bottom} as decimal(38, 12)), value: cast(cells.{name} as double), "
        f"n: cast({n} as bigint), {values}}}"
    )
