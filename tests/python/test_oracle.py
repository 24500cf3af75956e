"""The independent calculation and what compares it: that it runs what dbt runs, and can fail."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.rebuilt import ANY_BUILD
from oracle import workshop
from oracle.businesses.traits import SMALL
from oracle.calculation.calculate import calculate
from oracle.compare import built_cells, differences
from oracle.replay import Replay, read_steps
from oracle.shapes import SHAPES
from oracle.workshop import business_of, compiled

BARE = next(shape for shape in SHAPES if shape.name == "bare")
BUSINESS = business_of(replace(SMALL, orders=10), BARE)
# A slip in the SQL that dbt ran, by model.
SLIPS = {
    "kpi_aov": (
        "cast(order_value as decimal(18, 4)) as order_value",
        "cast(gross_value as decimal(18, 4)) as order_value",
    ),
    "int_build__clock": ("max(", "min("),
    "kpi_sales": ("gross_sales - discounts - returns", "gross_sales - returns"),
}


@pytest.fixture(scope="module")
def compiled_folder(businesses: Path) -> Path:
    """The project compiled for what a business without any optional table delivers."""
    return compiled(BARE, businesses)


@pytest.fixture
def replay(compiled_folder: Path, tmp_path: Path) -> Replay:
    """What dbt ran, to run again."""
    return Replay(BARE, compiled_folder, tmp_path)


def test_the_replay_builds_what_dbt_built(compiled_folder: Path, replay: Replay) -> None:
    """Every cell of kpi_values is the one that the dbt process wrote."""
    with duckdb.connect(str(compiled_folder / "build.duckdb"), read_only=True) as connection:
        by_dbt = built_cells(connection)
    assert by_dbt
    assert built_cells(replay.build(business_of(SMALL, BARE))) == by_dbt


def test_what_dbt_ran_does_not_say_in_which_build(compiled_folder: Path) -> None:
    """Compiled once more, a model is the same text."""
    assert any(ANY_BUILD in step.sql for step in read_steps(compiled_folder))


def test_a_shape_is_compiled_again_when_the_code_changed(
    compiled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is kept between runs never stands for other models."""
    made: list[Path] = []

    def compile_shape(_: object, __: object, folder: Path) -> None:
        folder.mkdir()
        made.append(folder)

    monkeypatch.setattr(workshop, "compile_shape", compile_shape)
    kept = tmp_path / "compiled" / BARE.name
    kept.mkdir(parents=True)
    shutil.copy(compiled_folder / "made_of", kept)
    assert compiled(BARE, tmp_path) == kept
    assert not made
    monkeypatch.setattr(workshop, "code_hash", lambda: "other code")
    assert compiled(BARE, tmp_path) == kept
    assert made == [kept]


def test_both_calculations_agree(replay: Replay) -> None:
    """On one business; scripts/verify tries hundreds."""
    assert not list(differences(built_cells(replay.build(BUSINESS)), calculate(BUSINESS)))


@pytest.mark.parametrize("model", SLIPS)
def test_a_slip_in_a_model_is_noticed(replay: Replay, model: str) -> None:
    """A model that does something else differs from the independent calculation."""
    right, wrong = SLIPS[model]
    step = next(step for step in replay.steps if step.model == model)
    assert right in step.sql
    replay.steps[replay.steps.index(step)] = replace(step, sql=step.sql.replace(right, wrong))
    assert list(differences(built_cells(replay.build(BUSINESS)), calculate(BUSINESS)))
