"""`dbt source freshness`: which raw tables stand still, by the data's clock."""

from __future__ import annotations

import json

import duckdb
import pytest
from landing_project import LandingProject

# Newest load of each table, and the rows beside it that do not say when they were loaded.
LOADS = {
    "orders": ("2026-07-10 02:00:00", 0),
    "payments": ("2026-07-06 01:59:59", 0),
    "refunds": ("2026-06-20 02:00:00", 0),
    "leads": ("2026-06-20 02:00:00", 1),
    # Nobody can have loaded it then: it says nothing, and moves no clock.
    "touches": ("2200-01-01 00:00:00", 0),
}
NOT_DELIVERED = "quotes"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> LandingProject:
    """A landing project with a folder of CSV files, and the same rows as tables of a schema. Each
    table has a row of its newest load and one of 2024, so that a newest load is one of several."""
    project = LandingProject(tmp_path_factory.mktemp("freshness"))
    project.keep_tables(*LOADS, NOT_DELIVERED)
    check_landing = project.folder / "macros" / "contract" / "check_landing.sql"
    check_landing.write_text("{% macro check_landing() %}{% endmacro %}", encoding="utf-8")
    raw = project.folder / "raw"
    raw.mkdir()
    with duckdb.connect(str(project.build_file("schema"))) as connection:
        connection.execute("create schema raw")
        for table, (newest, undated) in LOADS.items():
            connection.execute(
                f"create table raw.{table} as select 'an id' as {table.removesuffix('s')}_id, "
                f"unnest([timestamp '{newest}', timestamp '2024-01-01'] || "
                f"repeat([null::timestamp], {undated * 2})) as loaded_at"
            )
            connection.execute(f"copy raw.{table} to '{raw}/{table}.csv' (header)")
    return project


def statuses(project: LandingProject, landing: str, **variables: object) -> dict[str, str]:
    """What dbt says of each raw table; `not judged` of those that it cannot know about."""
    tables = [f"source:landing.{table}" for table in (*LOADS, NOT_DELIVERED)]
    done = project.run_dbt(
        landing,
        *("source", "freshness", "--select", *tables),
        **{"landing": landing, "landing_path": "raw", **variables},
    )
    found = project.folder / f"target_{landing}" / "sources.json"
    assert found.exists(), done.stdout
    results = json.loads(found.read_text(encoding="utf-8"))["results"]
    said = {result["unique_id"].rpartition(".")[2]: result["status"] for result in results}
    assert done.returncode == ("error" in said.values())
    return {
        table: "not judged" if f"{table} does not say when it was loaded" in done.stdout else status
        for table, status in said.items()
    }


def test_a_table_is_stale_that_stands_still_while_others_are_loaded(
    project: LandingProject,
) -> None:
    assert statuses(project, "files") == {
        "orders": "pass",
        "payments": "warn",
        "refunds": "error",
        "leads": "not judged",
        "touches": "not judged",
        "quotes": "not judged",
    }


def test_all_tables_are_stale_at_a_moment_long_after_the_last_load(project: LandingProject) -> None:
    said = statuses(project, "schema", as_of="2026-07-24 02:00:01")
    assert said == {
        **dict.fromkeys(("orders", "payments", "refunds"), "error"),
        **dict.fromkeys(("leads", "touches", "quotes"), "not judged"),
    }
