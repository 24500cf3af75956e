"""Incremental builds: after any history of loads the tables are those of a build made whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import duckdb
import pytest
from benchmarking.same_tables import different_tables
from commerce_kpis.dbt_run import DBT
from conftest import PROJECT, build_environment, module_environment
from landing_history import History
from landing_project import LandingProject

HISTORIES = int(os.environ.get("INCREMENTAL_HISTORIES", "1"))
LOADS = 3
# The incremental models and all that they are made from.
SELECTION = "+fct_attributed_sales"
# Clocks that move past rows that were landed before: what was kept back then counts now.
CLOCKS = ("2026-03-01 00:00:00", "2026-07-11 12:00:00", None)


class Project:
    """The project, built from one folder into build files of a test."""

    def __init__(self, folder: Path, landing: Path) -> None:
        self.folder = folder
        self.landing = landing

    def command(self, name: str, as_of: str | None, *arguments: str) -> tuple[list[str], dict]:
        """A build of the incremental models, and its environment."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        variables = {
            "landing": "files",
            "landing_path": str(self.landing),
            "append_or_update": "all",
            "as_of": as_of,
        }
        command = [
            *(*DBT, "--no-use-colors", "build", "--select", SELECTION),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--vars", json.dumps(variables), *arguments),
        ]
        return command, module_environment(PROJECT, **build_environment(folder))

    def build(self, name: str, as_of: str | None = None, *arguments: str) -> None:
        """Build, and see it succeed."""
        command, environment = self.command(name, as_of, *arguments)
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def killed_build(self, name: str, after: str) -> None:
        """Start a build and kill it when it says that it has finished that model."""
        command, environment = self.command(name, None)
        with subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout:
                if "OK created" in line and after in line:
                    process.send_signal(signal.SIGKILL)
                    break
            else:
                pytest.fail(f"The build ended without a word of {after}.")

    def file(self, name: str) -> Path:
        """A build file."""
        return self.folder / name / "build.duckdb"

    def differences(self, name: str, whole: str) -> list[str]:
        """Tables that differ between two build files."""
        return different_tables(self.file(name), self.file(whole))

    def replaced(self, name: str) -> list[str]:
        """Models that the last build did not make whole."""
        with duckdb.connect(str(self.file(name)), read_only=True) as connection:
            rows = connection.execute(
                "select model_name from state.models where build_number > whole_since order by all"
            ).fetchall()
        return [row[0] for row in rows]


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_of_loads_ends_as_a_build_made_whole(tmp_path: Path, seed: int) -> None:
    history = History(tmp_path / "landing", seed, LOADS)
    project = Project(tmp_path, tmp_path / "landing")
    for number in range(LOADS):
        history.load(number)
        project.build("grown", CLOCKS[number])
    project.build("whole")
    assert project.differences("grown", "whole") == []
    assert {"base_contract__orders", "int_web__sessions", "fct_attributed_sales"} <= set(
        project.replaced("grown")
    )


@pytest.mark.thorough
def test_a_killed_build_leaves_nothing_wrong_behind(tmp_path: Path) -> None:
    history = History(tmp_path / "landing", 7, LOADS)
    project = Project(tmp_path, tmp_path / "landing")
    history.load(0)
    project.build("grown")
    history.load(1)
    project.killed_build("grown", after="base_contract__web_events")
    history.load(2)
    project.killed_build("grown", after="int_conversions__paths")
    project.build("grown")
    project.build("whole")
    assert project.differences("grown", "whole") == []
    assert "int_web__sessions" in project.replaced("grown")


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
