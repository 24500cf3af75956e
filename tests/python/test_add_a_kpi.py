"""A KPI is one SQL file and one YAML file: those that docs/how_to/add_a_kpi.md shows, in a
copy of the project."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import run_dbt, run_module


def test_two_files_are_a_kpi(project_with_kpi: Path) -> None:
    """Its keys are right, its example is found and passes, and every table and view has it."""
    project = project_with_kpi
    assert run_module("generate_macros", project=project).returncode == 0
    keys = run_module("check_yaml", project=project)
    assert keys.returncode == 0, keys.stdout
    examples = run_module("check_examples", project=project)
    assert examples.returncode == 0, examples.stdout
    assert "X01_discount_rate_15" in examples.stdout

    # Tables that read all KPIs are not built here, so neither are the tests that compare them.
    built = run_dbt(
        project,
        *("build", "--select", "kpi_discounts", "kpi_values", "kpi_catalog"),
        *("--indirect-selection", "cautious"),
    )
    assert built.returncode == 0, built.stdout
    assert "X01_discount_rate_15" in built.stdout
    with duckdb.connect(str(project / "warehouse" / "build.duckdb"), read_only=True) as warehouse:
        rate = warehouse.execute(
            "select discounts / gross_sales, discount_rate from bi.discounts_by_sales_channel "
            "where gross_sales > 0 order by all desc limit 1"
        ).fetchone()
        statuses = warehouse.execute(
            "select count(*) from kpi.kpi_values where kpi = 'discounts' and value_status = 'ok'"
        ).fetchone()
        catalog = warehouse.execute(
            "select kpi_code, formula, theme, worked_example from kpi.kpi_catalog "
            "where kpi = 'discounts'"
        ).fetchall()
    assert rate is not None and rate[0] == pytest.approx(rate[1])
    assert statuses[0] > 0
    assert catalog == [
        ("X01", "discounts / gross_sales", "sales", "30 off a list price of 200: 15 %")
    ]
    scorecard = run_module("scorecard", project / "warehouse" / "build.duckdb", project=project)
    assert "Discounts" in scorecard.stdout


def test_a_kpi_without_its_example_is_a_gap(project_with_kpi: Path) -> None:
    """A number that its unit test does not expect is no proof."""
    yaml = project_with_kpi / "models/marts/kpis/sales/kpi_discounts.yml"
    shown = yaml.read_text(encoding="utf-8")
    yaml.write_text(shown.replace("200: 15 %", "200: 16 %"), encoding="utf-8")
    examples = run_module("check_examples", "--gaps", project=project_with_kpi)
    yaml.write_text(shown, encoding="utf-8")
    assert examples.returncode == 1
    assert "kpi_discounts.discount_rate" in examples.stdout
