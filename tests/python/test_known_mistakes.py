"""Mistakes seen in public projects (D1, D11, D13) that no unit test of one model can show.

The others are unit tests beside the models in which the mistake would be made.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.generate_macros import jinja_macro
from conftest import PROJECT, SHOWN, run_dbt

KPI = "models/marts/kpis/sales/kpi_discounts"
RATIO = "macros/dialect/safe_ratio.sql"
ROLLUP = "macros/rollup/kpi_rollup.sql"
KPI_MODELS = "macros/generated/kpi_models.sql"
CATALOG = ("models/marts/kpis/kpi_catalog.sql", "seeds/definitions/kpi_definitions.csv")
# What the KPI reads is taken as it was built.
BUILT = (
    "models/intermediate/int_landing__availability.sql",
    "models/marts/core/dim_dates.sql",
    "models/marts/core/dim_periods.sql",
    "models/marts/core/fct_sales_entries.sql",
)


@pytest.fixture
def lone_kpi(small_project: Path, built_file: Path) -> Path:
    """A small project with the shown KPI and a catalog of it alone, and the demo company built."""
    texts = {
        **dict(SHOWN.findall((PROJECT / "docs/how_to/add_a_kpi.md").read_text("utf-8"))),
        **dict.fromkeys(BUILT, "select 1 as one_id\n"),
        KPI_MODELS: jinja_macro("kpi_models", [Path(KPI).name], "a test"),
    }
    files = [*PROJECT.glob("models/**/*.md"), *PROJECT.glob("tests/generic/*.sql")]
    for name in (*CATALOG, *(path.relative_to(PROJECT) for path in files)):
        texts[name] = (PROJECT / name).read_text(encoding="utf-8")
    for name, text in texts.items():
        (small_project / name).parent.mkdir(parents=True, exist_ok=True)
        (small_project / name).write_text(text, encoding="utf-8")
    shutil.copyfile(small_project / "profiles.example.yml", small_project / "profiles.yml")
    (small_project / "warehouse").mkdir()
    shutil.copyfile(built_file, small_project / "warehouse" / "build.duckdb")
    return small_project


def test_D1_a_rate_without_its_parentheses_fails_three_ways(lone_kpi: Path) -> None:
    """200 - 30 / 200 is 199.85 and no share: the example, the parts and the bounds say so."""
    _edit(
        lone_kpi,
        f"{KPI}.sql",
        "{{ safe_ratio('discounts', 'gross_sales') }}",
        "cast(gross_sales - 0.15 as double)",
    )
    built = run_dbt(lone_kpi, "build", "--select", "kpi_discounts")
    assert "X01_discount_rate_15" in built.stdout
    assert "199.85" in built.stdout
    # The unit test stops the model; without it the data tests of the table would.
    tested = run_dbt(
        lone_kpi, "build", "--select", "kpi_discounts", "--exclude-resource-type", "unit_test"
    )
    assert "FAIL 2 kpi_rules_hold_kpi_discounts" in tested.stdout, tested.stdout
    for rule in ("kpi_variants_match_their_parts", "kpi_values_in_bounds"):
        assert re.search(rf"kpi_discounts: \d+ rows break {rule} discount_rate\n", tested.stdout)


def test_D11_every_row_of_every_delivered_table_is_accounted_for(built_file: Path) -> None:
    """Rows counted in the files, not by whoever reads them: no page stops at a round number."""
    delivered = {}
    for path in (PROJECT / "seeds" / "raw").glob("raw_*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            delivered[path.stem.removeprefix("raw_")] = sum(1 for _ in csv.reader(file)) - 1
    with duckdb.connect(str(built_file), read_only=True) as warehouse:
        kept = warehouse.execute(
            "select table_name, rows_accepted + rows_rejected + rows_superseded "
            "from trust.dq_conservation"
        ).fetchall()
    assert max(delivered.values()) > 10_000
    assert dict(kept) == delivered


def test_D13_a_changed_definition_is_seen_in_its_hash(lone_kpi: Path) -> None:
    """SQL, its macros, YAML and parameters each change the hash; a comment does not."""
    _edit(
        lone_kpi, f"{KPI}.yml", "formula:", "parameters: [reporting_currency]\n            formula:"
    )
    as_it_was = _hash(lone_kpi)
    _edit(lone_kpi, f"{KPI}.sql", "with entries", "-- What is given away.\nwith  entries")
    # How facts become periods is the same for all KPIs, and no part of any definition.
    _edit(
        lone_kpi, ROLLUP, "{% macro kpi_rollup(inputs) %}", "{% macro kpi_rollup(inputs) %}{{ '' }}"
    )
    assert _hash(lone_kpi) == as_it_was
    assert _hash(lone_kpi, "reporting_currency: USD") != as_it_was
    _edit(
        lone_kpi,
        f"{KPI}.sql",
        "where is_eligible and gross_sales > 0",
        "where is_eligible and sales_channel = 'web'",
    )
    other_sql = _hash(lone_kpi)
    assert other_sql != as_it_was
    _edit(lone_kpi, RATIO, "as double)", "as float)")
    other_macro = _hash(lone_kpi)
    assert other_macro not in (as_it_was, other_sql)
    _edit(lone_kpi, f"{KPI}.yml", "direction: down", "direction: up")
    assert _hash(lone_kpi) not in (as_it_was, other_sql, other_macro)


def _edit(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _hash(project: Path, variables: str = "") -> str:
    """The definition's hash in the catalog, built anew."""
    built = run_dbt(
        project,
        *("build", "--select", "kpi_catalog", "kpi_definitions"),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--vars", f"{{{variables}}}"),
        # dbt reads the project anew when variables change, and would once more when they are back.
        DBT_TARGET_PATH="target_with_variables" if variables else "target",
    )
    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(project / "warehouse" / "build.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(
            "select definition_hash from kpi.kpi_catalog where kpi = 'discounts'"
        ).fetchone()[0]
