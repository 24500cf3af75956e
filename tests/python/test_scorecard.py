"""The scorecard reads like the table it prints: units, changes, statuses, what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.scorecard import Row, _target, format_value
from conftest import run_module
from rich.text import Text

CELLS = """
    ('sales', 'net_sales', true, 'currency', 'EUR', 1234567.891, 1100000.0, null,
        null, null, null, 'ok', null),
    ('aov', 'aov', true, 'currency', 'EUR', 219.5, 250.25, 200.0, 5120, 210.1, 228.9, 'ok', true),
    ('customer_churn', 'churn_rate', true, 'fraction', 'EUR', 0.1, 0.08, 0.12,
        100, 0.0552, 0.1744, 'ok', false),
    ('customer_churn', 'churn_rate_over_remaining', false, 'fraction', 'EUR', 0.1111, 0.087, 0.136,
        100, null, null, 'ok', null),
    ('nps', 'nps', true, 'score', 'EUR', 40.0, null, null, 10, -9.6, 89.6, 'low_n', null),
    ('leads', 'leads', true, 'count', 'EUR', 0, 0, 12, null, null, null, 'ok', null),
    ('cac', 'cac', true, 'currency', 'EUR', null, 812.0, null, 0, null, null, 'missing_cost', null),
    ('traffic', 'visitors', true, 'count', 'EUR', null, null, null, null, null, null,
        'missing_source', null)
"""
ROW = Row(
    *("customers", "Customer churn", "customer_churn", "churn_rate", True, "fraction", "down"),
    *(None, 0.1, 0.08, 0.12, 100, 0.0552, 0.1744, "ok", False, None),
)
REQUIRED = "companies, orders, order_lines"
CATALOG = f"""
    ('sales', 'net_sales', 'sales', 'Net sales', 'up', '{REQUIRED}'),
    ('aov', 'aov', 'sales', 'Average order value', 'up', '{REQUIRED}'),
    ('customer_churn', 'churn_rate', 'customers', 'Customer churn', 'down', '{REQUIRED}'),
    ('customer_churn', 'churn_rate_over_remaining', 'customers', 'Customer churn', 'down',
        '{REQUIRED}'),
    ('nps', 'nps', 'satisfaction', 'Net Promoter Score', 'up', '{REQUIRED}'),
    ('leads', 'leads', 'leads', 'Leads [all]', 'up', '{REQUIRED}'),
    ('cac', 'cac', 'acquisition', 'Customer acquisition cost', 'down', '{REQUIRED}'),
    ('traffic', 'visitors', 'traffic', 'Visitors', 'up',
        '{REQUIRED}, web_events|web_sessions')
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published file of six KPIs over two months, the second one still running."""
    file = tmp_path / "kpis.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""
            create schema kpi;
            create table kpi.kpi_values as
            select
                cells.*, 'month' as period_grain, months.*, 'total' as dimension,
                'all' as dimension_value, timestamp '2025-07-14 06:00:00' as as_of
            from (values {CELLS}) as cells (
                kpi, variant, is_default, unit, currency_code, value, previous_value,
                year_ago_value, n, ci_low, ci_high, value_status, is_change_significant
            )
            cross join (values (date '2025-06-01', true), (date '2025-07-01', false))
                as months (period_start, is_complete_period);
            create table kpi.kpi_catalog as
            select * from (values {CATALOG}) as catalog (
                kpi, variant, theme, title, direction, raw_tables_needed
            );
            """
        )
    return file


def test_the_latest_complete_month_of_every_kpi_is_shown(published: Path) -> None:
    done = run_module("scorecard", published)
    assert done.returncode == 0, done.stderr
    shown = [line.rstrip() for line in done.stdout.splitlines()]
    assert max(map(len, shown)) <= 100
    assert "KPIs of June 2025   data as of 2025-07-14 06:00 UTC   money in EUR" in done.stdout
    themes = [line for line in shown if line.isupper() and not line.startswith(" ")]
    assert themes == ["SALES", "TRAFFIC", "LEADS", "ACQUISITION", "CUSTOMERS", "SATISFACTION"]
    for title, *cells in (
        ("Net sales", "1.23 M EUR", "1.10 M EUR", "+12.2 %"),
        ("Average order value", "219.50 EUR", "250.25 EUR", "-12.3 %*", "200.00 EUR", "5,120"),
        ("Customer churn", "10.0 %", "8.0 %", "+2.0 pp", "12.0 %", "5.5 to 17.4"),
        ("Net Promoter Score", "+40.0", "-9.6 to 89.6", "low_n"),
        ("Leads [all]", "0", "12"),
    ):
        (line,) = [line for line in shown if title in line]
        for cell in cells:
            assert f" {cell}" in line
    assert "missing_cost" in done.stdout
    assert "over_remaining" not in done.stdout


def test_every_variant_can_be_shown(published: Path) -> None:
    done = run_module("scorecard", published, "--all-variants")
    assert "churn_rate_over_remaining" in done.stdout
    assert "missing_cost" in done.stdout


def test_another_month_can_be_shown(published: Path) -> None:
    assert "KPIs of July 2025" in run_module("scorecard", published, "--month", "2025-07").stdout
    for month, said in (("2024-01", "2025-06 to 2025-07"), ("June", "write it like 2025-06")):
        done = run_module("scorecard", published, "--month", month)
        assert done.returncode == 1
        assert said in done.stderr


TARGETS = """
    ('sales', 'net_sales', 'month', date '2025-06-01', 'total', true, 0.978, false),
    ('sales', 'net_sales', 'month', date '2025-06-01', 'total', false, 0.5, false),
    ('sales', 'net_sales', 'month', date '2025-06-01', 'sales_channel', true, 0.6, false),
    ('sales', 'net_sales', 'month', date '2025-07-01', 'total', true, 0.214, null),
    ('sales', 'net_sales', 'quarter', date '2025-04-01', 'total', true, 0.7, false),
    ('aov', 'aov', 'quarter', date '2025-06-01', 'total', true, 0.8, false),
    ('customer_churn', 'churn_rate', 'month', date '2025-06-01', 'total', true, 0.913, true),
    ('leads', 'leads', 'month', date '2025-06-01', 'total', null, null, null),
    ('nps', 'nps', 'month', date '2025-06-01', 'total', true, 12.5, true)
"""


def add_targets(file: Path, targets: str) -> None:
    """Add kpi_budget_vs_actual to a published file."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""
            create table kpi.kpi_budget_vs_actual as
            select * from (values {targets}) as targets (
                kpi, variant, period_grain, period_start, dimension, is_current_version,
                attainment, is_favourable
            )
            """
        )


def test_targets_of_the_month_are_shown_as_attained(published: Path) -> None:
    """The current version for the total, by month only; a file without targets has no column."""
    assert "target" not in run_module("scorecard", published).stdout
    add_targets(published, TARGETS)
    done = run_module("scorecard", published)
    assert done.returncode == 0, done.stderr
    shown = {line.strip(): line for line in done.stdout.splitlines()}
    (heading,) = [line for line in shown if line.endswith("status")]
    at = heading.index("target") + len("target")
    for title, attained in (
        ("Net sales", "98 %"),
        ("Average order value", ""),
        ("Customer churn", "91 %"),
        ("Leads [all]", ""),
        ("Net Promoter Score", "1,250 %"),
    ):
        (line,) = [line for text, line in shown.items() if text.startswith(title)]
        offset = len(shown[heading]) - len(heading)
        assert line[: at + offset].endswith(f" {attained}"), line
    july = run_module("scorecard", published, "--month", "2025-07").stdout
    assert " 21 %" in july
    assert "98 %" not in july


def test_a_target_is_coloured_by_what_is_favourable() -> None:
    """Less than planned is good for a cost; without a verdict there is no colour."""
    for is_favourable, style in ((True, "green"), (False, "red"), (None, "")):
        row = replace(ROW, attainment=0.913, is_favourable=is_favourable)
        assert _target(row) == Text("91 %", style=style)
    assert _target(ROW) == Text("")


def test_a_terminal_without_unicode_gets_ascii(published: Path) -> None:
    done = run_module("scorecard", published, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "Customer churn" in done.stdout


@pytest.mark.parametrize("content", [None, "no database"])
def test_a_file_that_is_no_published_one_is_one_line(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "other.duckdb"
    if content:
        file.write_text(content, encoding="utf-8")
    done = run_module("scorecard", file)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0829, "fraction", "8.3 %"),
        (0.00123, "fraction", "0.12 %"),
        (1234567.8, "currency", "1.23 M EUR"),
        (-45.5, "currency", "-45.50 EUR"),
        (999999.99, "currency", "1,000,000 EUR"),
        (12, "count", "12"),
        (2.5, "years", "2.50 y"),
        (14.0, "days", "14 d"),
        (3.4, "ratio", "3.40"),
        (0, "score", "0.0"),
        (None, "count", "-"),
    ],
)
def test_a_value_is_shown_with_its_unit(value: float | None, unit: str, text: str) -> None:
    assert format_value(value, unit, "EUR") == text


def test_a_kpi_without_its_source_says_what_it_needs(published: Path) -> None:
    done = run_module("scorecard", published)
    assert "missing_source: Visitors needs web_events or web_sessions" in done.stdout
