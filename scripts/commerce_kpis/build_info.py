"""What `trust.build_info` of a published file says: which build it is, and what it was made of."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from commerce_kpis.email_addresses import without_addresses
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import text

# What the numbers come from, beside the raw tables.
CODE = ("dbt_project.yml", "models", "macros", "seeds/config")
CODE_SUFFIXES = (".sql", ".py", ".yml", ".csv", ".md")
# Table and columns to their comments; these two tables are no models, so no YAML describes them.
COMMENTS = {
    "build_info": {
        "": "One row: the build that this file holds. Moments in UTC.",
        "build_id": "Id of the dbt run that made it.",
        "code_version": "The project's code as `git describe` names it; ends in `-dirty` with "
        "changes not committed, in `+changed` with files changed after the build began; null "
        "without git.",
        "code_hash": "md5 of the code that the numbers come from: dbt_project.yml, models, macros "
        "and seeds/config.",
        "as_of": "The data's clock: nothing that was loaded or happened later is in the numbers.",
        "started_at": "When the build began, by the machine's clock.",
        "finished_at": "When its last test had passed.",
        "seconds": "How long it took.",
        "nodes": "Models, seeds and tests that ran.",
        "input_tables": "Raw tables that were delivered; build_inputs lists them.",
        "input_rows": "Rows of all raw tables.",
        "input_hash": "Hash of the content of all raw tables: the same rows in another order or "
        "split into other files give the same.",
        "landing": "Where raw tables came from: seeds (the demo company), files or schema.",
        "parameters": "Parameters given to this build, as JSON; dbt_project.yml has the others.",
        "has_email_addresses": "Whether e-mail addresses stand in this file as they are, not as "
        "their hash (parameter publish_email_addresses).",
        "dbt_version": "Version of dbt that built it.",
        "duckdb_version": "Version of DuckDB that published it.",
    },
    "build_models": {
        "": "One row per model and seed of the build, and how long it took.",
        "schema_name": "Schema of the relation.",
        "model_name": "Name of the relation.",
        "resource_type": "model or seed.",
        "materialization": "How dbt keeps it: table, view or seed.",
        "is_published": "Whether it is in the published file.",
        "seconds": "How long it took.",
    },
    "kpi_queries": {
        "": "One row per KPI table: the SQL it was made with, by which scripts/explain finds the "
        "rows behind a number.",
        "kpi": "KPI table, without `kpi_`.",
        "database_name": "What the SQL calls this file.",
        "sql": "The SQL.",
    },
}


def write_build_info(
    connection: duckdb.DuckDBPyConnection, as_of: datetime | None, is_hashed: bool
) -> None:
    """Make `trust.build_info` of the current database from what the build file `build` says."""
    (started_at,) = connection.execute("select started_at from build.trust.build_info").fetchone()
    parameters = "parameters"
    if is_hashed:
        column = [(parameters, "VARCHAR")]
        parameters = without_addresses(connection, "build.trust.build_info", column)
    connection.execute("create schema if not exists trust")
    connection.execute(
        f"""
        create table trust.build_info as
        select
            build_id,
            cast(? as varchar) as code_version,
            cast(? as varchar) as code_hash,
            cast(? as timestamp) as as_of,
            started_at,
            finished_at,
            seconds,
            nodes,
            cast(? as integer) as input_tables,
            cast(? as bigint) as input_rows,
            cast(? as varchar) as input_hash,
            landing,
            {parameters},
            has_email_addresses,
            dbt_version,
            version() as duckdb_version
        from build.trust.build_info
        """,
        [code_version(started_at), code_hash(), as_of, *_inputs(connection)],
    )
    for table, comments in COMMENTS.items():
        for column, meaning in comments.items():
            target = f"column trust.{table}.{column}" if column else f"table trust.{table}"
            connection.execute(f"comment on {target} is {text(meaning)}")


def code_version(started_at: datetime) -> str | None:
    """The version of the project's code as git names it; None without git or a repository.

    Args:
        started_at: when the build began, UTC: what changed later is not what was built.
    """
    command = ["git", "-C", str(PROJECT), "describe", "--tags", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    began = started_at.replace(tzinfo=timezone.utc).timestamp()
    is_changed = any(file.stat().st_mtime > began for file in _code_files())
    return done.stdout.strip() + ("+changed" if is_changed else "")


def code_hash() -> str:
    """A hash of the names and contents of the project's code, with or without git."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in _code_files():
        content = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        digest.update(f"{file.relative_to(PROJECT).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _code_files() -> Iterator[Path]:
    for path in map(PROJECT.joinpath, CODE):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.suffix in CODE_SUFFIXES)


def _inputs(connection: duckdb.DuckDBPyConnection) -> tuple[int | None, int | None, str | None]:
    """Tables delivered, rows and hash of all raw tables; None in a project that has none."""
    try:
        return connection.execute(
            """
            select
                count_if(is_delivered),
                sum(rows_landed),
                md5(string_agg(
                    concat_ws(' ', table_name, is_delivered, content_hash), chr(10)
                    order by table_name
                ))
            from build.trust.build_inputs
            """
        ).fetchone()
    except duckdb.CatalogException:
        return None, None, None
