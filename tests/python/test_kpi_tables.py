"""Each KPI table holds what the contents promise, in every grain, for the demo company."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.project import PROJECT
from kpi_contents import CONTENTS

GRAINS = ("week", "month", "quarter", "year", "r12m")
# Cohorts by month are looked at month by month; a week or a year of a cohort's age says nothing.
MONTHLY = ("kpi_cohort_retention", "kpi_cohort_value")

# Read by a KPI's macros, yet no parameter of its own: the tools of dbt, how tables are kept, what
# shapes every fact alike. Unit economics show no discounted value, and attribution shows every
# model.
NO_PARAMETERS = {
    *("rollup_", "rollup_grains", "rollup_dimensions"),
    *("append_or_update", "reporting_timezone"),
}
UNUSED = {
    "kpi_attribution": {"attribution_model"},
    "kpi_unit_economics": {"clv_discount_rate"},
}
MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro -?%}", re.DOTALL)
VARIABLE = re.compile(r"""\bvar\(["'](\w+)["']""")


def test_the_contents_are_those_of_the_folder() -> None:
    assert sorted(CONTENTS) == [model.name for model in kpi_models()]


@pytest.mark.parametrize("model", kpi_models(), ids=lambda model: model.name)
def test_a_table_has_what_it_promises(model, built_file: Path) -> None:
    """Its variants, parts and dimensions, its default, and rows with a value in every grain."""
    promised = {name: words.split() for name, words in CONTENTS[model.name].items()}
    variants = model.meta["variants"]
    assert set(promised["variants"]) <= set(variants)
    for default in promised["variants"][:1]:
        assert variants[default].get("is_default")
    assert set(promised["dimensions"]) <= set(model.meta["dimensions"])
    with duckdb.connect(str(built_file), read_only=True) as warehouse:
        columns = {row[0] for row in warehouse.execute(f"describe kpi.{model.name}").fetchall()}
        filled = warehouse.execute(
            "select period_grain from kpi.kpi_values where kpi = ? and is_default "
            "group by period_grain having count(value) > 0",
            [model.name.removeprefix("kpi_")],
        ).fetchall()
        dimensions = warehouse.execute(f"select distinct dimension from kpi.{model.name}")
        dimensions = {row[0] for row in dimensions.fetchall()}
    assert set(promised["variants"]) | set(promised["parts"]) <= columns
    assert {"total", *promised["dimensions"]} <= dimensions
    grains = ("month",) if model.name in MONTHLY else GRAINS
    assert set(grains) <= {row[0] for row in filled}


@pytest.mark.parametrize("model", kpi_models(), ids=lambda model: model.name)
def test_a_parameter_that_a_kpi_reads_is_in_its_catalog(model) -> None:
    """Every variable in the SQL of a KPI and in the macros it calls is named by a variant."""
    paths = {dimension.get("path") for dimension in model.meta["dimensions"].values()}
    macros = {
        match[1]: match[0]
        for path in (PROJECT / "macros").rglob("*.sql")
        for match in MACRO.finditer(path.read_text(encoding="utf-8"))
        # Called by every rollup, reached only by those with credited dimensions.
        if match[1] != "credited_rows" or "credit" in paths
    }
    file = PROJECT / "models" / "marts" / "kpis" / model.theme / f"{model.name}.sql"
    waiting, read, seen = [file.read_text(encoding="utf-8")], set(), set()
    while waiting:
        text = waiting.pop()
        read |= set(VARIABLE.findall(text))
        called = (set(re.findall(r"\b(\w+)\(", text)) & set(macros)) - seen
        seen |= called
        waiting += [macros[name] for name in called]
    named = {name for it in model.meta["variants"].values() for name in it.get("parameters", [])}
    assert read - NO_PARAMETERS - UNUSED.get(model.name, set()) <= named
