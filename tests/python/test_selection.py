"""A part of the project, built into a file of its own, runs the tests that it can answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PROJECT, build_environment, run_dbt


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps what it has read of the project, for all tests of this file."""
    return tmp_path_factory.mktemp("selection")


def test_a_test_alone_passes_in_a_file_without_tables(folder: Path) -> None:
    environment = build_environment(folder)
    test = "macros_of_the_dialect_keep_their_word"
    done = run_dbt(PROJECT, "--no-use-colors", "build", "--select", test, **environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_model_and_what_it_reads_is_built_into_an_empty_file(folder: Path) -> None:
    environment = build_environment(folder)
    done = run_dbt(
        PROJECT,
        *("--no-use-colors", "build", "--select", "+dim_periods"),
        *("--exclude-resource-type", "unit_test"),
        **environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    built = {result["unique_id"].split(".")[2] for result in run["results"]}
    assert "dim_periods" in built
    # What is tested is whole, and what it is not made of is neither built nor asked.
    assert any("dim_periods" in name and name != "dim_periods" for name in built)
    assert not any(name.startswith("kpi_") for name in built)


def test_a_theme_is_its_kpis_and_what_they_are_made_of(folder: Path) -> None:
    done = run_dbt(
        PROJECT,
        *("--quiet", "ls", "--selector", "recurring", "--output", "name"),
        **build_environment(folder),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    listed = set(done.stdout.split())
    kpis = {name for name in listed if name.startswith("kpi_") and "rules_hold" not in name}
    assert kpis == {"kpi_mrr", "kpi_mrr_retention"}
    assert {"fct_mrr_movements", "raw_subscriptions", "kpi_rules_hold_kpi_mrr"} <= listed
    # Unit tests are left out, as in a plain build.
    assert not any(name.startswith("K22_") for name in listed)
