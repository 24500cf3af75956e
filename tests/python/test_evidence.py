"""The rows behind the cells of every KPI table: each says which it is, and together they are it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import cycle
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.console import UserError
from commerce_kpis.evidence import Cell, KpiQuery, find_period, kpi_query, make_evidence
from commerce_kpis.kpi_yaml import KpiModel, kpi_models

# Columns that say which row it is, but for those that end in _id: an address is only known by it.
OTHER_IDS = ("email_hash",)
COST = ("cost_source", "event_date")
# What else the facts have in their keys.
ALSO_IN_KEYS = {
    "attribution.credited": ("conversion_type", "attribution_model"),
    "attribution.sales": ("event_date", "attribution_model"),
    "cac.costs": COST,
    "cac.lagged_costs": COST,
    "churn_by_tenure.tenure_months": ("tenure_month",),
    "cost_per_lead.costs": COST,
    "email_list_churn.list_periods": ("list_name",),
    "email_opt_in.list_at_end": ("list_name",),
    "email_opt_in.list_at_start": ("list_name",),
    "marketing_share_of_cac.costs": COST,
    "retention_cost.costs": COST,
    "romi.costs": COST,
    "romi.sales": ("event_date",),
    "romi.touch_dated_sales": ("sales_date",),
    "sales_rep.deals": ("sales_rep",),
}
# Several rows of one account: its movements of a day, and what it brings from one period on.
SEVERAL_ROWS = {
    "clv.trailing_years",
    "cohort_value.brought",
    "customer_equity.trailing_years",
    "mrr.movements",
    "repeat_customers.to_date",
    "sales_rep.recurring",
    "unit_economics.trailing_years",
}
# A third of a sum is rounded once, and not for each of its rows.
ROUNDED_SUMS = ("mrr_with_usage",)

EVERY_KPI = pytest.mark.parametrize(
    "model", kpi_models(), ids=lambda model: model.name.removeprefix("kpi_")
)


@pytest.fixture(scope="module")
def warehouse(built_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the build of the demo company attached as `build`."""
    with duckdb.connect() as connection:
        connection.execute(f"set timezone = 'UTC'; attach '{built_file}' as build (read_only)")
        yield connection


def query_of(warehouse: duckdb.DuckDBPyConnection, model: KpiModel) -> KpiQuery:
    query = kpi_query(warehouse, "build", model.name.removeprefix("kpi_"))
    assert query is not None
    return query


@EVERY_KPI
def test_every_relation_says_which_rows_it_holds(
    model: KpiModel, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Its first column is an id."""
    query = query_of(warehouse, model)
    for relation in query.relations:
        described = warehouse.execute(
            "describe " + query.select(f"select * from {relation.name}")
        ).fetchall()
        first = described[0][0]
        assert is_id(first), f"{relation.name} begins with {first}"


@EVERY_KPI
def test_the_rows_of_a_cell_add_up_to_it(
    model: KpiModel, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """And no row of a fact is there twice."""
    query = query_of(warehouse, model)
    for cell, stored in sampled_cells(warehouse, model):
        period = find_period(warehouse, "build", cell.period_grain, cell.period_start)
        relations = make_evidence(warehouse, query, cell, period)
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in stored)
        brought = warehouse.execute(f"select {sums} from evidence").fetchone()
        rounded = [
            as_stored(value, known) for value, known in zip(brought, stored.values(), strict=True)
        ]
        assert dict(zip(stored, rounded, strict=True)) == stored, str(cell)
        for relation in relations:
            name = f"{cell.kpi}.{relation.name}"
            if not relation.is_by_member and name not in SEVERAL_ROWS:
                assert repeated_keys(warehouse, relation.name, name) == [], f"{cell}: {name}"


def sampled_cells(
    warehouse: duckdb.DuckDBPyConnection, model: KpiModel
) -> Iterator[tuple[Cell, dict[str, object]]]:
    """Cells with what is stored of them: the total of a month and of twelve, and one of each
    dimension, in one grain after the other. Always the same cells, not empty if any is not."""
    table, sums = f"build.kpi.{model.name}", summed_columns(model)
    filled = " + ".join(
        f"cast(coalesce({part}, 0) != 0 as integer)" for part in model.meta["parts"]
    )
    grains = cycle(sorted(model.meta["grains"]))
    asked = [("total", "month"), ("total", "r12m" if "r12m" in model.meta["grains"] else "month")]
    asked += [(dimension, next(grains)) for dimension in model.meta["dimensions"]]
    for dimension, grain in dict.fromkeys(asked):
        row = warehouse.execute(
            f"select period_start, dimension_value, {', '.join(sums)} from {table} "
            "where dimension = ? and period_grain = ? "
            f"order by {filled} desc, md5(concat_ws('|', period_start, dimension_value)) limit 1",
            [dimension, grain],
        ).fetchone()
        if row is not None:
            cell = Cell(model.name.removeprefix("kpi_"), grain, row[0], dimension, row[1])
            known = zip(sums, row[2:], strict=True)
            yield cell, {name: value for name, value in known if value is not None}


def summed_columns(model: KpiModel) -> list[str]:
    """The parts of a KPI and its variants that are sums as they are."""
    sums = [
        name
        for name, variant in model.meta["variants"].items()
        if not variant.get("denominator") and not variant.get("is_statistic")
    ]
    return [
        name for name in {**model.meta["parts"], **dict.fromkeys(sums)} if name not in ROUNDED_SUMS
    ]


def as_stored(value: object, stored: object) -> object:
    """A sum with the places of the stored one; only shares of rows have more."""
    if not isinstance(stored, Decimal):
        return value
    return Decimal(value).quantize(stored, ROUND_HALF_UP)


def repeated_keys(warehouse: duckdb.DuckDBPyConnection, relation: str, name: str) -> list[tuple]:
    """Keys that more than one row of a relation's evidence has, or that name nothing."""
    table = f'"evidence_{relation}"'
    columns = [row[0] for row in warehouse.execute(f"describe {table}").fetchall()]
    ids = [column for column in columns[1:] if is_id(column)] or columns[1:2]
    key = ", ".join([*ids, *ALSO_IN_KEYS.get(name, ())])
    return warehouse.execute(
        f"select {key}, count(*) from {table} group by {key} "
        f"having count(*) > 1 or coalesce({', '.join(ids)}) is null limit 3"
    ).fetchall()


def is_id(column: str) -> bool:
    return column.endswith("_id") or column in OTHER_IDS


def test_sql_of_another_engine_is_refused() -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as published; create schema published.trust")
        connection.execute(
            "create table published.trust.kpi_queries as "
            "select 'aov' as kpi, cast(null as varchar) as database_name, 'select 1' as sql"
        )
        with pytest.raises(UserError, match="was built with Spark"):
            kpi_query(connection, "published", "aov")
