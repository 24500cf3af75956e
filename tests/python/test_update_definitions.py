"""scripts/update_definitions: no definition changes in silence."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_module

SEED = Path("seeds") / "definitions" / "kpi_definitions.csv"


@pytest.fixture
def project(built_file: Path, tmp_path: Path) -> Path:
    """What the command reads of the project, with a build file of its own."""
    copy = tmp_path / "my kpis"
    for name in ("scripts", "seeds/definitions"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / name, copy / name, ignore=ignored)
    for name in ("CHANGELOG.md", "profiles.example.yml"):
        shutil.copyfile(PROJECT / name, copy / name)
    (copy / "warehouse").mkdir()
    with duckdb.connect(str(copy / "warehouse" / "build.duckdb")) as connection:
        connection.execute(f"attach '{built_file}' as whole (read_only); create schema kpi")
        connection.execute("create table kpi.kpi_catalog as from whole.kpi.kpi_catalog")
    return copy


def update(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_module("update_definitions", *arguments, project=project)


def change(project: Path, assignments: str) -> None:
    """Change the definition of the default of kpi_aov, as a build would record it."""
    with duckdb.connect(str(project / "warehouse" / "build.duckdb")) as connection:
        connection.execute(f"update kpi.kpi_catalog set {assignments} where variant = 'aov'")


def versions(project: Path) -> list[tuple[str, str]]:
    with (project / SEED).open(encoding="utf-8", newline="") as source:
        return [
            (row["definition_version"], row["what_changed"])
            for row in csv.DictReader(source)
            if row["variant"] == "aov"
        ]


def test_the_committed_definitions_are_those_of_the_build(project: Path) -> None:
    before = (project / SEED).read_bytes()
    done = update(project)
    assert done.returncode == 0 and "as it is" in done.stdout, done.stdout + done.stderr
    assert (project / SEED).read_bytes() == before


def test_a_change_needs_a_new_version_and_a_line_in_the_changelog(project: Path) -> None:
    before = versions(project)
    change(project, "definition_hash = 'another'")
    done = update(project, "--what", "x", "--why", "y")
    assert done.returncode == 1 and "its version is still 1" in done.stdout

    change(project, "definition_version = 2")
    done = update(project)
    assert done.returncode == 1 and "say --what changed and --why" in done.stdout
    done = update(project, "--what", "without gift cards", "--why", "they are no goods")
    assert done.returncode == 1 and "no line in CHANGELOG.md" in done.stdout
    assert versions(project) == before

    with (project / "CHANGELOG.md").open("a", encoding="utf-8") as changelog:
        changelog.write("| `kpi_aov` | `aov`: without gift cards | 150 | 140 |\n")
    done = update(project, "--what", "without gift cards", "--why", "they are no goods")
    assert done.returncode == 0, done.stdout
    assert versions(project) == [*before, ("2", "without gift cards")]


def test_sql_that_means_the_same_keeps_its_version(project: Path) -> None:
    before = versions(project)
    change(project, "definition_hash = 'another'")
    done = update(project, "--same-numbers", "--what", "rows carry ids", "--why", "to name them")
    assert done.returncode == 0, done.stdout
    assert versions(project) == [*before, ("1", "rows carry ids")]
