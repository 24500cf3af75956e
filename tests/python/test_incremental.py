"""Incremental builds: after any history of loads the tables are those of a build made whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from benchmarking.same_tables import different_tables
from incremental_project import CLOCKS, KEPT, IncrementalProject, project_of_few_kpis
from landing_history import History
from landing_project import LandingProject

HISTORIES = int(os.environ.get("INCREMENTAL_HISTORIES", "1"))


def replaced(file: Path) -> set[str]:
    """Models that the last build did not make whole."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select model_name from state.models where build_number > whole_since"
        ).fetchall()
    return {name for (name,) in rows}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_of_loads_ends_as_a_build_made_whole(tmp_path: Path, seed: int) -> None:
    history = History(tmp_path / "landing", seed, len(CLOCKS))
    few_kpis = project_of_few_kpis(tmp_path / "project")
    project = IncrementalProject(tmp_path, tmp_path / "landing", project=few_kpis)
    for number, clock in enumerate(CLOCKS):
        history.load(number)
        project.build(clock)
    grown = project.set_aside("grown")
    project.build()
    assert different_tables(grown, project.file) == []
    assert {"base_contract__orders", "int_web__sessions", *KEPT} <= replaced(grown)


@pytest.mark.thorough
def test_a_killed_build_leaves_nothing_wrong_behind(tmp_path: Path) -> None:
    history = History(tmp_path / "landing", 7, 3)
    few_kpis = project_of_few_kpis(tmp_path / "project")
    project = IncrementalProject(tmp_path, tmp_path / "landing", project=few_kpis)
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


@pytest.fixture
def build_declared(tmp_path: Path, demo_folder: Path) -> Callable:
    """Builds two raw tables, of which some are declared to be appended to; what dbt did."""
    project = LandingProject(tmp_path / "project")
    tables = ("orders", "payments")
    project.keep_tables(*tables)
    for table in tables:
        shutil.copytree(demo_folder / table, tmp_path / "landing" / table)

    def build(*declared: str) -> tuple[LandingProject, subprocess.CompletedProcess[str]]:
        done = project.build(
            "declared",
            *(f"+base_contract__{table}" for table in tables),
            landing="files",
            landing_path=str(tmp_path / "landing"),
            append_or_update=declared,
        )
        return project, done

    return build


def test_only_declared_tables_are_read_in_increments(build_declared: Callable) -> None:
    for _ in range(2):
        project, done = build_declared("orders")
        assert done.returncode == 0, done.stdout
    known = "select model_name, whole_since from state.models"
    assert project.query("declared", known) == [("base_contract__orders", 1)]


def test_a_declared_table_must_be_a_raw_table(build_declared: Callable) -> None:
    _, done = build_declared("order")
    assert done.returncode != 0
    assert "append_or_update names 'order', which is no raw table" in done.stdout
