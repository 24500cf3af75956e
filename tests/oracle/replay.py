"""The project's own SQL, compiled once by dbt and run again for many businesses.

A dbt process takes half a minute for what the engine does in seconds. What a business of the same
shape changes is only what the landing views read, so the statements that dbt ran are run again, in
the same order, in a database in memory. That this is what dbt builds is a test of its own.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
from commerce_kpis.dbt_run import DBT
from commerce_kpis.project import ensure_profile
from commerce_kpis.rebuilt import ANY_BUILD

from oracle.calculation.business import Business
from oracle.shapes import PROJECT, Shape

DATABASE = "build"
SEED_SCHEMAS = ("config", "definitions")
EVERY_KPI = ("kpi_values",)
TRUST = ("dq_conservation", "dq_rejected_rows", "dq_rules")


@dataclass(frozen=True)
class Step:
    """What dbt ran for one model: SQL, or the file of a Python model."""

    model: str
    relation: str
    sql: str
    inputs: frozenset[str]
    python: Path | None = None


class Replay:
    """The compiled project of one shape and a database that it builds into."""

    def __init__(
        self,
        shape: Shape,
        compiled: Path,
        folder: Path,
        models: tuple[str, ...] = (),
        database: str = ":memory:",
    ) -> None:
        """Open a database, as a rule an empty one.

        Args:
            shape: what is delivered.
            compiled: the folder that `compile_shape` filled.
            folder: where raw files are written to; each process needs its own.
            models: only these are built, and what they read; everything if there are none.
            database: the file to build into, or one that was built into before.
        """
        self.shape, self.folder = shape, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.steps = read_steps(compiled, folder, models)
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set preserve_insertion_order = false")
        self.connection.execute("set enable_progress_bar = false")
        self.connection.execute(f"attach '{database}' as {DATABASE}")
        if not self._has_seeds():
            self._copy_seeds(compiled / "build.duckdb")
        for schema in {step.relation.split(".")[1] for step in self.steps}:
            self.connection.execute(f"create schema if not exists {DATABASE}.{schema}")
        self.connection.execute(f"use {DATABASE}")

    def build(self, business: Business) -> duckdb.DuckDBPyConnection:
        """Build every table that kpi_values needs from the raw rows of a business."""
        write_landing(business, self.folder, self.shape.parts)
        for step in self.steps:
            try:
                self.run(step)
            except duckdb.Error as error:
                raise AssertionError(f"{step.model}: {error}") from error
        return self.connection

    def run(self, step: Step) -> None:
        """Make the table or view of one model."""
        if step.python:
            self._run_python(step)
        else:
            self.connection.execute(step.sql)

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def _has_seeds(self) -> bool:
        found = self.connection.execute(
            f"select 1 from duckdb_tables() where database_name = '{DATABASE}' limit 1"
        ).fetchall()
        return bool(found)

    def _copy_seeds(self, build_file: Path) -> None:
        self.connection.execute(f"attach '{build_file}' as compiled (read_only)")
        tables = self.connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'compiled'"
        ).fetchall()
        for schema, table in tables:
            if schema in SEED_SCHEMAS:
                self.connection.execute(f"create schema if not exists {DATABASE}.{schema}")
                self.connection.execute(
                    f"create table {DATABASE}.{schema}.{table} as from compiled.{schema}.{table}"
                )
        self.connection.execute("detach compiled")

    def _run_python(self, step: Step) -> None:
        module = _module(step.python)

        def load(relation: str, *_: object) -> duckdb.DuckDBPyRelation:
            return self.connection.query(f"select * from {relation}")

        made = module.model(module.dbtObj(load), self.connection)
        self.connection.register("made", made)
        self.connection.execute(f"create or replace table {step.relation} as from made")
        self.connection.unregister("made")


def write_landing(business: Business, folder: Path, parts: int = 1) -> None:
    """The raw rows of a business as files that a loader would leave, a table in so many parts."""
    for table, names in business.columns.items():
        for part in range(parts):
            path = folder / f"{table}.csv" if parts == 1 else folder / table / f"{part}.csv"
            path.parent.mkdir(exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(business.tables[table][part::parts])


def compile_shape(
    shape: Shape, business: Business, folder: Path, models: tuple[str, ...] = EVERY_KPI + TRUST
) -> Path:
    """Build models and what they read with dbt itself, into a folder that keeps what it ran."""
    landing = folder / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    write_landing(business, landing, shape.parts)
    variables = {**shape.variables, "landing": "files", "landing_path": str(landing)}
    done = subprocess.run(
        [
            *(*DBT, "--no-use-colors", "build", "--select", *(f"+{model}" for model in models)),
            *("--indirect-selection", "empty", "--exclude-resource-type", "unit_test"),
            *("--vars", json.dumps(variables)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(ensure_profile().parent.resolve()),
            "KPI_BUILD_FILE": str(folder / "build.duckdb"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "PYTHONPATH": str(PROJECT / "scripts"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def read_steps(
    compiled: Path, folder: Path | None = None, models: tuple[str, ...] = ()
) -> list[Step]:
    """What dbt ran, in its order, reading raw files from another folder if one is given."""
    target, landing = compiled / "target", str(compiled / "landing")
    delivered = str(folder or landing)
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    run = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    build_id = run["metadata"]["invocation_id"]
    ended = {
        result["unique_id"]: result["timing"][-1]["completed_at"]
        for result in run["results"]
        if result["unique_id"].startswith("model.")
    }
    found = []
    needed = _read_by(nodes, models) if models else ended
    for unique_id in sorted(ended.keys() & needed, key=ended.__getitem__):
        node = nodes[unique_id]
        path = target / "run" / node["package_name"] / node["original_file_path"]
        is_python = node["language"] == "python"
        sql = "" if is_python else path.read_text(encoding="utf-8")
        sql = sql.replace(landing, delivered).replace(build_id, ANY_BUILD)
        inputs = frozenset(
            nodes[name]["name"] for name in node["depends_on"]["nodes"] if name in nodes
        )
        found.append(
            Step(node["name"], node["relation_name"], sql, inputs, path if is_python else None)
        )
    return found


def _read_by(nodes: dict[str, dict], models: tuple[str, ...]) -> set[str]:
    """Models and all that they read."""
    found: set[str] = set()
    ahead = [unique_id for unique_id, node in nodes.items() if node["name"] in models]
    while ahead:
        unique_id = ahead.pop()
        if unique_id not in found and unique_id in nodes:
            found.add(unique_id)
            ahead += nodes[unique_id]["depends_on"].get("nodes", [])
    return found


def _module(path: Path) -> object:
    """A compiled Python model, imported."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
