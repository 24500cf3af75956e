"""A part of the project, built into a file of its own, runs the tests that it can answer."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import PROJECT, build_environment, run_dbt


def test_a_model_and_what_it_reads_is_built_into_an_empty_file(tmp_path: Path) -> None:
    environment = build_environment(tmp_path)
    done = run_dbt(
        PROJECT,
        *("--no-use-colors", "build", "--select", "+dim_periods"),
        *("--exclude-resource-type", "unit_test"),
        **environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))
    built = {result["unique_id"].split(".")[2] for result in run["results"]}
    assert "dim_periods" in built
    # What is tested is whole, and what it is not made of is neither built nor asked.
    assert any("dim_periods" in name and name != "dim_periods" for name in built)
    assert not any(name.startswith("kpi_") for name in built)
