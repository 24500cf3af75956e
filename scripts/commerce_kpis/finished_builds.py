"""Where a finished build is, and how to read it: a DuckDB file, a lake, or a warehouse of Spark."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.project import VIEW_SCHEMA
from commerce_kpis.sql import first_line, quoted, text

# What macros/dialect/spark/ names the tables that a query makes of its steps.
STEP = "__step_"
# A password that a user has written into the address of a catalog.
HIDDEN = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE)


class FinishedBuild(ABC):
    """A build that can be read and published."""

    @property
    @abstractmethod
    def catalog(self) -> str:
        """What the views of the build call their database."""

    @abstractmethod
    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach it to be read.

        Raises:
            UserError: it cannot be read.
        """

    @abstractmethod
    def check_is_of_one_run(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Refuse what more than one run has made.

        Raises:
            UserError: that is so.
        """

    def table_ddl(self, ddl: str) -> str:
        """What makes one of its tables again."""
        return ddl

    def view_ddl(self, ddl: str) -> str:
        """What makes one of its views again."""
        return ddl


@dataclass(frozen=True)
class FileBuild(FinishedBuild):
    """A DuckDB file that dbt built into."""

    file: Path

    def __str__(self) -> str:
        return f"build file {self.file}"

    @property
    def catalog(self) -> str:
        """What the views of the build call their database."""
        return self.file.stem

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach it to be read.

        Raises:
            UserError: it cannot be read.
        """
        try:
            connection.execute(f"attach {text(self.file)} as {quoted(name)} (read_only)")
        except duckdb.Error as error:
            raise UserError(
                f"The build file {self.file} cannot be read ({first_line(error)}): run "
                "scripts/build, and close other programs that have it open."
            ) from None

    def check_is_of_one_run(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """A file has been written by one run at a time."""


@dataclass(frozen=True)
class LakeBuild(FinishedBuild):
    """A lake that dbt built into. `target` is the target of profiles.yml, rendered."""

    target: dict

    def __str__(self) -> str:
        return f"lake {_without_password(self._attached['path'])}"

    @property
    def catalog(self) -> str:
        """What the views of the build call their database."""
        return self.target["database"]

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach it to be read as it is now: what other runs change later is not seen.

        Raises:
            UserError: it cannot be read.
        """
        options = ["read_only"]
        if schema := (self._attached.get("options") or {}).get("metadata_schema"):
            options.append(f"metadata_schema {text(schema)}")
        attach = f"attach {text(self._attached['path'])} as {quoted(name)}"
        try:
            self._load_plugins(connection)
            connection.execute(f"{attach} ({', '.join(options)})")
            (snapshot,) = connection.execute(
                f"select max(snapshot_id) from {quoted(name)}.snapshots()"
            ).fetchone()
            connection.execute(f"detach {quoted(name)}")
            connection.execute(f"{attach} ({', '.join(options)}, snapshot_version {snapshot})")
        except duckdb.Error as error:
            raise UserError(
                f"The {self} cannot be read ({_without_password(first_line(error))}): see "
                "docs/lake.md."
            ) from None

    def check_is_of_one_run(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Refuse a lake of which another run has changed tables after its last finished build.

        Raises:
            UserError: that is so.
        """
        (build_id,) = connection.execute(
            f"select build_id from {quoted(name)}.trust.build_info"
        ).fetchone()
        (author,) = connection.execute(
            f"select max_by(author, snapshot_id) from {quoted(name)}.snapshots()"
        ).fetchone()
        if author != build_id:
            raise UserError(
                f"Another run of dbt has changed the {self} since its last finished build: run "
                "scripts/build, and publish when no other run is at work."
            )

    def table_ddl(self, ddl: str) -> str:
        """What makes one of its tables again: without defaults, of which models have none."""
        return ddl.replace(" DEFAULT(NULL)", "")

    def view_ddl(self, ddl: str) -> str:
        """What makes one of its views again: a lake leaves out the schema."""
        return re.sub(r"^CREATE VIEW ", f"CREATE VIEW {VIEW_SCHEMA}.", ddl)

    @property
    def _attached(self) -> dict:
        return lake_of(self.target)

    def _load_plugins(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Load extensions and secrets as dbt does."""
        for plugin in self.target.get("plugins") or []:
            module = import_module(plugin["module"])
            module.Plugin(module.__name__, plugin.get("config") or {}).configure_connection(
                connection
            )


@dataclass(frozen=True)
class SparkBuild(FinishedBuild):
    """The Parquet files that dbt built with Spark.

    `folder` is the folder of Spark's tables, as Spark and DuckDB both name it.
    """

    folder: str

    def __str__(self) -> str:
        return f"warehouse {self.folder}"

    @property
    def catalog(self) -> str:
        """What the views of the build call their database: Spark's name none."""
        return "spark_catalog"

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make a database of views over the files, and the views of schema bi.

        Raises:
            UserError: it cannot be read.
        """
        connection.execute(f"attach ':memory:' as {quoted(name)}")
        try:
            for (schema, table), files in self._tables(connection).items():
                connection.execute(f"create schema if not exists {quoted(name)}.{quoted(schema)}")
                # The column of a partition is Spark's own: no target but this has it.
                rows = f"read_parquet([{', '.join(map(text, files))}], hive_partitioning = false)"
                connection.execute(
                    f"create view {quoted(name)}.{quoted(schema)}.{quoted(table)} as "
                    f"select {self._columns(connection, rows)} from {rows}"
                )
            self._make_bi_views(connection, name)
            self._comment(connection, name)
        except duckdb.Error as error:
            raise UserError(
                f"The {self} cannot be read ({first_line(error)}): see docs/spark.md."
            ) from None

    def check_is_of_one_run(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Spark keeps no history of who changed a table; docs/spark.md says so."""

    def _tables(self, connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
        """The files of each table that is no step of another, by its schema and name."""
        found = connection.execute(
            f"select file from glob({text(f'{self.folder}/*.db/*/**/*.parquet')}) order by file"
        ).fetchall()
        tables: dict[tuple[str, str], list[str]] = {}
        for (file,) in found:
            schema, table, *parts = file.removeprefix(self.folder).strip("/").split("/")
            # What Spark was writing when it was killed is below such a folder.
            is_hidden = any(part.startswith((".", "_")) for part in parts)
            if STEP not in table and not table.endswith("__dbt_tmp") and not is_hidden:
                tables.setdefault((schema.removesuffix(".db"), table), []).append(file)
        return tables

    def _make_bi_views(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make the views of schema bi, of which the build keeps the statements."""
        try:
            views = connection.execute(f"select sql from {quoted(name)}.trust.bi_views").fetchall()
        except duckdb.CatalogException:
            return  # not built yet
        (before,) = connection.execute("select current_database()").fetchone()
        connection.execute(f"use {quoted(name)}")
        connection.execute(f"create schema {VIEW_SCHEMA}")
        for (statement,) in views:
            connection.execute(statement)
        connection.execute(f"use {quoted(before)}")

    def _comment(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Give the views of tables the comments that the build keeps."""
        try:
            comments = connection.execute(
                f"select comments.* from {quoted(name)}.trust.comments "
                "inner join duckdb_views() as views on comments.schema_name = views.schema_name "
                "and comments.table_name = views.view_name and views.database_name = ?",
                [name],
            ).fetchall()
        except duckdb.CatalogException:
            return  # not built yet
        for schema, table, column, comment in comments:
            view = ".".join(map(quoted, (name, schema, table)))
            commented = f"column {view}.{quoted(column)}" if column else f"view {view}"
            connection.execute(f"comment on {commented} is {text(comment)}")

    def _columns(self, connection: duckdb.DuckDBPyConnection, rows: str) -> str:
        """All columns; moments, which Spark writes with their offset, without it."""
        moments = [
            f"cast({quoted(name)} as timestamp) as {quoted(name)}"
            for name, kind, *_ in connection.execute(f"describe select * from {rows}").fetchall()
            if kind == "TIMESTAMP WITH TIME ZONE"
        ]
        return f"* replace ({', '.join(moments)})" if moments else "*"


def lake_of(target: dict) -> dict | None:
    """The lake among the attached databases of a target that it builds into; None if none."""
    for attached in target.get("attach") or []:
        path = str(attached.get("path", ""))
        is_lake = attached.get("is_ducklake") or path.lower().startswith("ducklake:")
        if is_lake and attached.get("alias") == target.get("database"):
            return attached
    return None


def _without_password(words: str) -> str:
    return HIDDEN.sub(r"\1***", words)
