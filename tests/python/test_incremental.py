"""Incremental builds: after any history of loads the tables are those of a build made whole."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from benchmarking.same_tables import different_tables
from incremental_project import IncrementalProject
from landing_history import History
from landing_project import LandingProject

HISTORIES = int(os.environ.get("INCREMENTAL_HISTORIES", "1"))
LOADS = 3
# Clocks that move past rows that were landed before: what was kept back then counts now.
CLOCKS = ("2026-03-01 00:00:00", "2026-07-11 12:00:00", None)


def replaced(file: Path) -> set[str]:
    """Models that the last build did not make whole."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select model_name from state.models where build_number > whole_since"
        ).fetchall()
    return {name for (name,) in rows}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_of_loads_ends_as_a_build_made_whole(tmp_path: Path, seed: int) -> None:
    history = History(tmp_path / "landing", seed, LOADS)
    project = IncrementalProject(tmp_path, tmp_path / "landing")
    for number in range(LOADS):
        history.load(number)
        project.build(CLOCKS[number])
    grown = project.set_aside("grown")
    project.build()
    assert different_tables(grown, project.file) == []
    assert {"base_contract__orders", "int_web__sessions", "fct_attributed_sales"} <= replaced(grown)


@pytest.mark.thorough
def test_a_killed_build_leaves_nothing_wrong_behind(tmp_path: Path) -> None:
    history = History(tmp_path / "landing", 7, LOADS)
    project = IncrementalProject(tmp_path, tmp_path / "landing")
    history.load(0)
    project.build()
    history.load(1)
    project.killed_build(after="base_contract__web_events")
    history.load(2)
    project.killed_build(after="int_conversions__paths")
    project.build()
    grown = project.set_aside("grown")
    project.build()
    assert different_tables(grown, project.file) == []
    assert "int_web__sessions" in replaced(grown)


def test_only_declared_tables_are_read_in_increments(tmp_path: Path, demo_folder: Path) -> None:
    project = LandingProject(tmp_path)
    for _ in range(2):
        done = project.build(
            "declared",
            *("+base_contract__orders", "+base_contract__payments"),
            landing="files",
            landing_path=str(demo_folder),
            append_or_update=["orders"],
        )
        assert done.returncode == 0, done.stdout
    remembered = project.query("declared", "select model_name, whole_since from state.models")
    assert remembered == [("base_contract__orders", 1)]


def test_a_declared_table_must_be_a_raw_table(tmp_path: Path, demo_folder: Path) -> None:
    done = LandingProject(tmp_path).build(
        "misspelt",
        "+base_contract__orders",
        landing="files",
        landing_path=str(demo_folder),
        append_or_update=["order"],
    )
    assert done.returncode != 0
    assert "append_or_update names 'order', which is no raw table" in done.stdout
