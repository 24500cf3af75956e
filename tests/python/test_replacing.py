"""A table or view is replaced whole or not at all, whatever stood under its name before."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import run_dbt

YAML = """\
models:
  - name: fct_things
    description: One row per thing.
    config:
      contract: {enforced: true}
      persist_docs: {relation: true, columns: true}
    columns:
      - name: thing_id
        description: Its 'number'.
        data_type: integer
        constraints: [{type: not_null}]
"""


@pytest.fixture
def project(small_project: Path) -> Path:
    """The small project with a table whose ids are never null."""
    core = small_project / "models" / "marts" / "core"
    (core / "fct_things.sql").write_text("select 1 as thing_id", encoding="utf-8")
    (core / "fct_things.yml").write_text(YAML, encoding="utf-8")
    shutil.copyfile(small_project / "profiles.example.yml", small_project / "profiles.yml")
    (small_project / "warehouse").mkdir(exist_ok=True)
    return small_project


def _build(project: Path, sql: str) -> tuple[int, list[tuple], list[tuple]]:
    """Build the table from some SQL: the code of dbt, what is there now, and what it holds."""
    model = project / "models" / "marts" / "core" / "fct_things.sql"
    model.write_text(sql, encoding="utf-8")
    code = run_dbt(project, "run", "--select", "fct_things").returncode
    with duckdb.connect(str(project / "warehouse" / "build.duckdb"), read_only=True) as warehouse:
        kinds = warehouse.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'core' order by all"
        ).fetchall()
        return code, kinds, warehouse.execute("from core.fct_things").fetchall()


def test_a_table_that_cannot_be_made_leaves_the_one_before(project: Path) -> None:
    table = [("fct_things", "BASE TABLE")]
    assert _build(project, "select 1 as thing_id") == (0, table, [(1,)])
    assert _build(project, "select 2 as thing_id") == (0, table, [(2,)])
    null = "select cast(null as integer) as thing_id"
    assert _build(project, f"select 3 as thing_id union all {null}") == (1, table, [(2,)])
    late = "select error('no such thing') :: integer as thing_id"
    assert _build(project, late) == (1, table, [(2,)])
    with duckdb.connect(str(project / "warehouse" / "build.duckdb"), read_only=True) as warehouse:
        comment = warehouse.execute(
            "select comment from duckdb_columns() where table_name = 'fct_things'"
        ).fetchall()
    assert comment == [("Its 'number'.",)]


def test_a_table_and_a_view_take_each_others_place(project: Path) -> None:
    view = "{{ config(materialized='view') }} select 2 as thing_id"
    assert _build(project, "select 1 as thing_id")[0] == 0
    yaml = project / "models" / "marts" / "core" / "fct_things.yml"
    # A view has no constraints.
    yaml.write_text(YAML.replace("        constraints: [{type: not_null}]\n", ""), encoding="utf-8")
    assert _build(project, view) == (0, [("fct_things", "VIEW")], [(2,)])
    assert _build(project, view.replace("2", "3")) == (0, [("fct_things", "VIEW")], [(3,)])
    table = [("fct_things", "BASE TABLE")]
    assert _build(project, "select 4 as thing_id") == (0, table, [(4,)])


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(1 as bigint) as thing_id",
        "select 1 as thing_number",
        "select 1 as thing_id, 2 as another",
        "select 1 as thing_id, 2 as thing_id",
    ],
)
def test_a_query_that_breaks_the_contract_makes_nothing(project: Path, sql: str) -> None:
    table = [("fct_things", "BASE TABLE")]
    assert _build(project, "select 1 as thing_id") == (0, table, [(1,)])
    assert _build(project, sql) == (1, table, [(1,)])
