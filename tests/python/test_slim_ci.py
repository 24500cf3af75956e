"""A change is built beside a finished build: what it touches, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, build_environment, run_dbt, run_module

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def state(built_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a finished build leaves for others: its file, and what dbt had read for it."""
    folder = tmp_path_factory.mktemp("state")
    done = run_dbt(PROJECT, "parse", **build_environment(folder))
    assert done.returncode == 0, done.stdout
    shutil.copyfile(folder / "target" / "manifest.json", folder / "manifest.json")
    shutil.copyfile(built_file, folder / "build.duckdb")
    return folder


def test_a_new_kpi_is_built_beside_what_it_leaves_as_it_was(
    state: Path, project_with_kpi: Path
) -> None:
    assert run_module("generate_macros", project=project_with_kpi).returncode == 0
    before = hashlib.md5((state / "build.duckdb").read_bytes()).hexdigest()
    changed = ("--target", "ci", "--select", "state:modified+", "--defer")
    done = run_dbt(
        project_with_kpi,
        *("--quiet", "ls", *changed, "--resource-type", "model", "--output", "path"),
        DBT_STATE=str(state),
    )
    listed = {Path(line).parts[1:-1] for line in done.stdout.splitlines()}
    assert ("marts", "kpis", "sales") in listed, done.stdout + done.stderr
    # A project in another folder, with another build file, is the same project.
    assert not listed & {("marts", "core"), ("intermediate", "orders"), ("staging", "contract")}
    done = run_dbt(
        project_with_kpi,
        # Totals of a new KPI are not recorded yet, and what its unit tests say is asked elsewhere.
        *("build", *changed, "--exclude", "tag:golden", "test_type:unit"),
        DBT_STATE=str(state),
    )
    assert done.returncode == 0, done.stdout
    assert hashlib.md5((state / "build.duckdb").read_bytes()).hexdigest() == before
    with duckdb.connect(str(project_with_kpi / "warehouse" / "ci.duckdb")) as connection:
        tables = {
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        }
        (is_complete,) = connection.execute("select is_complete from trust.build_info").fetchone()
        (cells,) = connection.execute(
            "select count(*) from kpi.kpi_values where kpi = 'discounts' and value is not null"
        ).fetchone()
    assert {"kpi_discounts", "kpi_values"} <= tables
    assert not tables & {"kpi_sales", "fct_sales_entries"}
    assert cells > 0
    # Nothing publishes it.
    assert not is_complete
