"""Where a finished build is, and how to read it: a DuckDB file, or a lake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.project import VIEW_SCHEMA
from commerce_kpis.sql import first_line, quoted, text

# A password that a user has written into the address of a catalog.
HIDDEN = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class FileBuild:
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

    def table_ddl(self, ddl: str) -> str:
        """What makes one of its tables again."""
        return ddl

    def view_ddl(self, ddl: str) -> str:
        """What makes one of its views again."""
        return ddl


@dataclass(frozen=True)
class LakeBuild:
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
