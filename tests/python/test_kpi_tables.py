"""Each KPI table holds what the contents promise, in every grain, for the demo company."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from commerce_kpis.kpi_yaml import kpi_models
from kpi_contents import CONTENTS

GRAINS = ("week", "month", "quarter", "year", "r12m")
# Cohorts by month are looked at month by month; a week or a year of a cohort's age says nothing.
MONTHLY = ("kpi_cohort_retention", "kpi_cohort_value")


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
