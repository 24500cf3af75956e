"""scripts/explain: a number of the demo company, down to its rows."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.evidence import Cell
from commerce_kpis.explain import connect, explain, parts_of
from commerce_kpis.explain_pages import bridge
from commerce_kpis.explain_text import added, number
from commerce_kpis.kpi_yaml import kpi_models
from conftest import run_module

# account_days / 365: as much a sum as the days are.
PROPORTIONAL = {"account_years"}
SECTIONS = (
    "THE ROWS BEHIND IT",
    "LEFT OUT, AND WHY",
    "ITS VARIANTS, AND WHAT LIES BETWEEN",
    "TARGET AND FORECAST",
    "WHAT MOVED IT",
    "WHAT WAS REPORTED",
)


@pytest.fixture(scope="module")
def connection(published_file: Path) -> duckdb.DuckDBPyConnection:
    return connect(published_file)


def catalog(connection: duckdb.DuckDBPyConnection, kpi: str) -> dict[str, dict]:
    """The variants of a KPI, by name."""
    found = connection.execute("select * from kpi.kpi_catalog where kpi = ?", [kpi])
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["variant"]: row for row in rows}


@pytest.mark.parametrize("model", kpi_models(), ids=lambda model: model.name)
def test_every_variant_is_explained_by_parts_that_are_sums_of_rows(connection, model) -> None:
    """With test_evidence, which adds up the rows of every part: each variant by its rows."""
    variants = catalog(connection, model.name.removeprefix("kpi_"))
    assert {*variants} == {*model.meta["variants"]}
    for name, variant in variants.items():
        parts = parts_of(connection, variant)
        sums = {*model.meta["parts"], *PROPORTIONAL} | {
            other for other, row in variants.items() if not row["denominator"] and not row["n"]
        }
        assert parts and {*parts} <= sums, (name, parts)


def test_the_rows_of_the_command_sum_to_the_number(
    connection: duckdb.DuckDBPyConnection, published_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rows.csv"
    done = run_module(
        *("explain", "sales", "--variant", "net_sales", "--grain", "quarter"),
        *("--period", "2025-Q1", "--dimension", "marketing_channel=Direct", "--rows", "2"),
        *("--csv", out, "--file", published_file),
    )
    assert done.returncode == 0, done.stderr
    value = connection.execute(
        "select net_sales from kpi.kpi_sales where period_grain = 'quarter' and period_start = "
        "'2025-01-01' and dimension = 'marketing_channel' and dimension_value = 'Direct'"
    ).fetchone()[0]
    with out.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["counts"] == "true"]
    assert sum(Decimal(row["net_sales"]) for row in rows) == value
    assert [done.stdout.index(section) for section in SECTIONS]
    assert f"2 of {len(rows)} rows" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 124


def test_a_number_without_rows_says_so(published_file: Path) -> None:
    done = run_module("explain", "nps", "--period", "2022-06", "--file", published_file)
    assert done.returncode == 0, done.stderr
    assert "no_activity" in done.stdout and "THE ROWS BEHIND IT\n  none" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sles"], "no KPI `sles`"),
        (["sales", "--variant", "nett"], "no variant `nett`"),
        (["sales", "--period", "yesterday"], "is no period"),
        (["sales", "--period", "1999"], "has no month 1999"),
        (["nps", "--grain", "day"], "no grain day"),
        (["sales", "--dimension", "colour=red"], "its dimensions are"),
        (["sales", "--dimension", "sales_channel"], "names no member"),
        (["sales", "--dimension", "sales_channel=x'; drop table y; --"], "the members are"),
        (["sales", "--csv", "/no/such/folder/rows.csv"], "cannot be written"),
    ],
)
def test_a_mistake_is_one_line(published_file: Path, arguments: list[str], said: str) -> None:
    done = run_module("explain", *arguments, "--file", published_file)
    assert done.returncode == 1
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_file_that_is_no_published_one_is_one_line(tmp_path: Path) -> None:
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    for file in (empty, tmp_path / "none.duckdb"):
        done = run_module("explain", "sales", "--file", file)
        assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        # 4.4: 10 of 100 customers lost, over the 90 that remained.
        ((10, 100, 0.1, "fraction", 1), (10, 90, 1 / 9, "fraction", 1), (0, 0.0111)),
        # 4.4: fully loaded CAC of 150 instead of 100.
        ((1000, 10, 100, "currency", 1), (1500, 10, 150, "currency", 1), (50, 0)),
        ((8, 10, 80, "score", 100), (6, 12, 50, "score", 100), (-20, -10)),
        ((8, 10, 80, "score", 100), (700, 10, 70, "score", 1), (-10, 0)),
        ((100, None, 100, "currency", 1), (90, None, 90, "currency", 1), (-10, None)),
        ((100, None, 100, "currency", 1), (None, None, 90, "currency", 1), (None, None)),
        ((100, 10, 10, "currency", 1), (1, 2, 0.5, "fraction", 1), (None, None)),
        ((0, 10, 0, "fraction", 1), (1, 10, 0.1, "fraction", 1), (0.1, 0)),
    ],
)
def test_the_bridge_between_variants(one: tuple, other: tuple, steps: tuple) -> None:
    names = ("numerator", "denominator", "value", "unit", "scale")
    rows = [
        {
            name: Decimal(part) if index < 2 and part is not None else part
            for index, (name, part) in enumerate(zip(names, row, strict=True))
        }
        for row in (one, other)
    ]
    assert bridge(*rows) == tuple(
        step if step is None else pytest.approx(step, abs=1e-4) for step in steps
    )


@pytest.mark.parametrize("kpi", ["sales", "cac", "customer_churn", "nps"])
def test_the_printed_steps_are_those_of_the_bridge(
    connection: duckdb.DuckDBPyConnection, kpi: str
) -> None:
    start = connection.execute(
        "select max(period_start) from kpi.kpi_values where kpi = ? and period_grain = 'quarter' "
        "and is_default and dimension = 'total' and is_complete_period and value is not null",
        [kpi],
    ).fetchone()[0]
    variants = catalog(connection, kpi)
    default = next(name for name, variant in variants.items() if variant["is_default"])
    found = explain(connection, Cell(kpi, "quarter", start), default)
    this = {**found.value, "scale": variants[default]["scale"]}
    printed = {
        (row["variant"], step): delta
        for row in found.siblings
        if row["variant"] != default
        for step, delta in enumerate(bridge(this, row), 1)
        if delta is not None
    }
    stored = connection.execute(
        "select to_variant, step, delta from trust.kpi_variant_bridge where kpi = ? "
        "and period_grain = 'quarter' and period_start = ? and dimension = 'total'",
        [kpi, start],
    ).fetchall()
    assert stored
    assert printed == {
        (variant, step): pytest.approx(float(delta), rel=1e-9, abs=1e-9)
        for variant, step, delta in stored
    }


def test_left_out_rows_are_not_among_those_that_count(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    start = connection.execute(
        "select max(period_start) from kpi.kpi_sales where period_grain = 'year' "
        "and is_complete_period"
    ).fetchone()[0]
    found = explain(connection, Cell("sales", "year", start), "net_sales")
    orders = {row[step.columns.index("order_id")] for step in found.rows for row in step.rows}
    left_out = {
        (row[step.columns.index("order_id")], row[step.columns.index("exclusion_reason")])
        for step in found.excluded
        for row in step.rows
    }
    assert left_out and orders
    known = connection.execute(
        "select distinct exclusion_reason from core.fct_sales_entries where not is_eligible"
    ).fetchall()
    assert {(reason,) for _, reason in left_out} <= {*known}


def told(published_file: Path, *arguments: str) -> str:
    """What the command says, on one line."""
    done = run_module("explain", *arguments, "--rows", "1", "--file", published_file)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def test_target_forecast_and_drivers_of_a_cell_are_those_of_their_tables(published_file):
    """June's net sales: the budget, the months to come, and each dimension's first member."""
    shown = told(published_file, "sales", "--period", "2026-06")
    with duckdb.connect(str(published_file), read_only=True) as connection:
        target, attainment = connection.execute(
            """
            select target_value, attainment from kpi.kpi_budget_vs_actual
            where kpi = 'sales' and variant = 'net_sales' and period_grain = 'month'
                and period_start = date '2026-06-01' and dimension = 'total'
                and target_version = 'budget'
            """
        ).fetchone()
        forecast = connection.execute(
            """
            select forecast_value from kpi.kpi_forecast
            where kpi = 'sales' and variant = 'net_sales' and dimension = 'total' and is_published
                and period_start = date '2026-07-01'
            """
        ).fetchone()[0]
        drivers = connection.execute(
            """
            select dimension, dimension_value, effect, contribution from kpi.kpi_drivers
            where kpi = 'sales' and variant = 'net_sales' and period_grain = 'month'
                and period_start = date '2026-06-01' and comparison = 'previous'
            qualify row_number() over (
                partition by dimension order by abs(contribution) desc, dimension_value, effect
            ) = 1
            """
        ).fetchall()
    assert f"budget (current): {number(target, 'currency')}" in shown
    assert f"attained {number(round(attainment, 4), 'fraction')}" in shown
    assert "unfavourable" in shown
    assert f"July 2026: {number(forecast, 'currency')}" in shown
    assert {row[0] for row in drivers} >= {"total", "sales_channel", "country"}
    for dimension, member, effect, contribution in drivers:
        first = f"{effect} " if dimension == "total" else f"{member} "
        assert f"{first}{added(contribution, 'currency')}" in shown, (dimension, shown)


def test_a_cell_without_plans_says_so(published_file):
    shown = told(published_file, "sales", "--period", "2026-06", "--dimension", "country=DE")
    assert "TARGET AND FORECAST none WHAT MOVED IT nothing: it did not change, or is not" in shown


def test_a_running_month_is_explained_with_what_is_due_and_expected(published_file):
    shown = told(published_file, "sales", "--period", "2026-07")
    assert "due by now" in shown
    assert "expected at the end" in shown
    assert "80 %" in shown
