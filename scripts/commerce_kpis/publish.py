"""Publish a finished build: a new file beside the old one, checked, then renamed over it.

A reader of the old file keeps it until it reconnects; whoever opens the path sees the old file
or the new one, whole. Needs the lock of the target's folder (locks.py).
"""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from commerce_kpis.build_info import write_build_info
from commerce_kpis.console import UserError
from commerce_kpis.email_addresses import without_addresses
from commerce_kpis.files import fsync
from commerce_kpis.finished_builds import FileBuild, FinishedBuild
from commerce_kpis.ledger import Ledger, back_up, backup_file, carry_ledger
from commerce_kpis.project import VIEW_SCHEMA
from commerce_kpis.sql import first_line, quoted, text
from commerce_kpis.view_comments import comment_views

TEMPORARY = ".publishing"
CLOCK = ("intermediate", "int_build__clock")
# What a build says of itself, beside its models.
BUILD_TABLES = ("build_models", "kpi_queries")
# The rows of a KPI table lie in the order of their key: what one view of it lists is in one place.
CELL = ["period_grain", "dimension", "period_start", "dimension_value"]


@dataclass(frozen=True)
class Published:
    """What a publishing wrote."""

    file: Path
    tables: int
    views: int
    rows: int
    as_of: datetime | None
    ledger: Ledger | None = None

    def __str__(self) -> str:
        """What a user reads of it."""
        lines = [
            f"Published {self.file}: {self.tables} tables, {self.views} views, {self.rows:,} rows."
        ]
        if self.ledger and self.ledger.note:
            lines.append(self.ledger.note)
        if self.ledger and self.ledger.restated:
            reasons = ", ".join(
                f"{reason} {count:,}" for reason, count in self.ledger.restated.items()
            )
            lines.append(f"Reported values that changed: {reasons}. See trust.kpi_reported.")
        return "\n".join(lines)


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str
    ddl: str | None  # None: a view of the build, of which the rows are published
    comment: str | None
    columns: list[tuple[str, str, str | None]]  # name, type, comment

    @property
    def sql(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def check_target(out: Path, build_file: Path | None) -> None:
    """Refuse a target that could not be published to, before hours of building.

    Raises:
        UserError: no such folder, a folder itself, not writable, or the build file.
    """
    if out.is_dir():
        raise UserError(f"{out} is a folder: name a file in it, such as {out / 'kpis.duckdb'}.")
    if not out.parent.is_dir():
        raise UserError(f"There is no folder {out.parent} to publish to: make it first.")
    if not os.access(out.parent, os.W_OK):
        raise UserError(f"{out.parent} is not writable: change its rights or use --out.")
    if build_file and out.resolve() == build_file.resolve():
        raise UserError(f"{out} is the build file: publish to another file.")


def check_as_of(out: Path, as_of: datetime | None, landing: str) -> None:
    """Refuse to replace a published file by one with an earlier clock.

    The demo company's clock is not that of one's own business: it gives way.

    Raises:
        UserError: the file at the path is newer, or is no file of ours.
    """
    before, landing_before = published_clock(out)
    if landing_before == "seeds" and landing != "seeds":
        return
    if as_of is not None and before is not None and as_of < before:
        raise UserError(
            f"{out} holds data as of {before:%Y-%m-%d %H:%M:%S}, this build is as of "
            f"{as_of:%Y-%m-%d %H:%M:%S}: publish an earlier one to another file with --out."
        )


def published_clock(file: Path) -> tuple[datetime | None, str | None]:
    """The clock of a published file (UTC), and where its raw tables came from; None if there is no
    file or it does not say."""
    if not file.exists():
        return None, None
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            row = connection.execute("select as_of, landing from trust.build_info").fetchone()
    except duckdb.Error as error:
        backup = backup_file(file)
        remedy = f"; what was reported then comes from {backup.name}" if backup.exists() else ""
        raise UserError(
            f"{file} is there but cannot be read as a published file "
            f"({first_line(error)}): move it away{remedy}, or use --out."
        ) from None
    return row or (None, None)


def publish(build: Path | FinishedBuild, out: Path) -> Published:
    """Copy what is published from a finished build into a new file and rename it over `out`.

    Raises:
        UserError: the build is not finished or did not pass, is older than what is published,
            or a check of the copy failed. `out` is then as it was.
    """
    out = out.resolve()
    build = FileBuild(build) if isinstance(build, Path) else build
    check_target(out, build.file if isinstance(build, FileBuild) else None)
    remove_leftovers(out)
    temporary = out.with_name(f".{out.name}.{os.getpid()}{TEMPORARY}")
    try:
        published = _copy(build, temporary, out)
        _verify(temporary, published)
        fsync(temporary)
        # A log beside the published file can only come from someone who opened it for writing.
        # DuckDB would replay it into the new file.
        out.with_name(out.name + ".wal").unlink(missing_ok=True)
        temporary.replace(out)
        fsync(out.parent)
    except (duckdb.Error, OSError) as error:
        raise UserError(
            f"Publishing {out} failed and left it as it was: {first_line(error)}"
        ) from None
    finally:
        remove_leftovers(out)
    try:
        back_up(out)
    except (duckdb.Error, OSError) as error:
        raise UserError(
            f"{out} was published, but the copy of what was reported could not be written to "
            f"{backup_file(out)} ({first_line(error)}): make room or rights, and publish again."
        ) from None
    finally:
        remove_leftovers(out)
    return published


def remove_leftovers(out: Path) -> None:
    """Remove what killed runs left beside the target."""
    for path in out.parent.glob(f".{out.name}.*{TEMPORARY}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _copy(build: FinishedBuild, temporary: Path, out: Path) -> Published:
    config = {"temp_directory": f"{temporary}.spill"}
    with duckdb.connect(":memory:", config=config) as connection:
        build.attach(connection, "build")
        is_hashed = not _check_build(connection, build)
        as_of, landing = _as_of(connection), _landing(connection)
        check_as_of(out, as_of, landing)
        connection.execute(f"attach {text(temporary)} as published {_storage()}")
        connection.execute("use published")
        tables = _tables(connection, build)
        rows = sum(_copy_table(connection, table, is_hashed) for table in tables)
        write_build_info(connection, as_of, is_hashed)
        ledger = carry_ledger(connection, out, landing)
        views = _copy_views(connection, build)
        comment_views(connection)
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")
    if ledger:
        # The two tables and the view of the ledger, and a row for this publishing and each before.
        return Published(
            out,
            len(tables) + 3,
            views + 1,
            rows + ledger.rows + ledger.publishing_number,
            as_of,
            ledger,
        )
    return Published(out, len(tables) + 1, views, rows, as_of)


def _landing(connection: duckdb.DuckDBPyConnection) -> str:
    """Where the raw tables of the build came from: seeds, files or schema."""
    return connection.execute("select landing from build.trust.build_info").fetchone()[0]


def _check_build(connection: duckdb.DuckDBPyConnection, build: FinishedBuild) -> bool:
    """Only a whole run of `dbt build` in which everything passed is published.

    Returns:
        Whether e-mail addresses are published as they are.
    """
    try:
        row = connection.execute(
            "select is_complete, is_passed, failed_nodes, has_email_addresses "
            "from build.trust.build_info"
        ).fetchone()
    except duckdb.Error:
        row = None
    if row is None or not row[0]:
        raise UserError(
            f"The {build} holds no finished build of the whole project: run scripts/build "
            "(or `dbt build` without a selection), then publish."
        )
    if not row[1]:
        raise UserError(
            f"The last build in the {build} had {row[2]} nodes that did not pass: mend them, "
            "run scripts/build, then publish."
        )
    build.check_is_of_one_run(connection, "build")
    return row[3]


def _as_of(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """The clock of the build, if the project has one."""
    found = connection.execute(
        "select 1 from duckdb_columns() where database_name = 'build' "
        "and schema_name = ? and table_name = ?",
        CLOCK,
    ).fetchone()
    if not found:
        return None
    row = connection.execute(f"select as_of from build.{'.'.join(CLOCK)}").fetchone()
    return row[0] if row else None


def _tables(connection: duckdb.DuckDBPyConnection, build: FinishedBuild) -> list[_Table]:
    """What is published: the relations of this build's models, not leftovers of earlier ones."""
    found = connection.execute(
        """
        select relations.schema_name, relations.name, relations.ddl, relations.comment
        from (
            select schema_name, table_name as name, sql as ddl, comment
            from duckdb_tables() where database_name = 'build'
            union all
            select schema_name, view_name, null, comment
            from duckdb_views() where database_name = 'build' and not internal
        ) as relations
        left join build.trust.build_models as models
            on relations.schema_name = models.schema_name and relations.name = models.model_name
        where models.is_published
            or relations.schema_name = 'trust' and list_contains(?, relations.name)
        order by relations.schema_name, relations.name
        """,
        [list(BUILD_TABLES)],
    ).fetchall()
    # Asked for once: to answer, the engine looks into every view of the build.
    columns = defaultdict(list)
    for schema, name, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'build' order by column_index"
    ).fetchall():
        columns[schema, name].append(tuple(column))
    return [
        _Table(schema, name, build.table_ddl(ddl) if ddl else None, comment, columns[schema, name])
        for schema, name, ddl, comment in found
    ]


def _copy_table(connection: duckdb.DuckDBPyConnection, table: _Table, is_hashed: bool) -> int:
    """Create a table from its own DDL, fill it, compare the count; the number of rows."""
    content = f"select * from build.{table.sql}"
    if is_hashed:
        types = [(quoted(name), kind) for name, kind, _ in table.columns]
        chosen = without_addresses(connection, f"build.{table.sql}", types)
        content = f"select {chosen} from build.{table.sql}"
    names = {name for name, _, _ in table.columns}
    if names.issuperset(CELL) and "kpi" not in names:
        content += f" order by {', '.join(CELL)}"
    connection.execute(f"create schema if not exists {quoted(table.schema)}")
    if table.ddl is None:
        connection.execute(f"create table {table.sql} as {content}")
    else:
        connection.execute(table.ddl)
        connection.execute(f"insert into {table.sql} {content}")
    counts = connection.execute(
        f"select (select count(*) from build.{table.sql}), (select count(*) from {table.sql})"
    ).fetchone()
    if counts[0] != counts[1]:
        raise UserError(
            f"The copy of {table.schema}.{table.name} has {counts[1]} rows instead of "
            f"{counts[0]}: nothing was published."
        )
    if table.comment:
        connection.execute(f"comment on table {table.sql} is {text(table.comment)}")
    for column, _, comment in table.columns:
        if comment is not None:
            target = f"{table.sql}.{quoted(column)}"
            connection.execute(f"comment on column {target} is {text(comment)}")
    return counts[0]


def _copy_views(connection: duckdb.DuckDBPyConnection, build: FinishedBuild) -> int:
    """Make the BI views again; a view may read another one, so go on while any succeeds."""
    waiting = connection.execute(
        "select view_name, sql, comment from duckdb_views() "
        "where database_name = 'build' and schema_name = ? and not internal",
        [VIEW_SCHEMA],
    ).fetchall()
    count = len(waiting)
    if waiting:
        connection.execute(f"create schema {VIEW_SCHEMA}")
    # Views written by dbt name the file's catalog, which is another one here.
    qualifier = re.compile(rf'(?<![\w".])"?{re.escape(build.catalog)}"?\.(?=["\w])', re.IGNORECASE)
    while waiting:
        failed = []
        for name, sql, comment in waiting:
            try:
                connection.execute(qualifier.sub("", build.view_ddl(sql)))
            except duckdb.CatalogException as error:
                failed.append((name, sql, comment))
                reason = first_line(error)
                continue
            if comment:
                target = f"{VIEW_SCHEMA}.{quoted(name)}"
                connection.execute(f"comment on view {target} is {text(comment)}")
        if len(failed) == len(waiting):
            raise UserError(
                f"The view {VIEW_SCHEMA}.{failed[0][0]} reads what is not published "
                f"({reason}): nothing was published."
            )
        waiting = failed
    return count


def _verify(temporary: Path, published: Published) -> None:
    """Open the new file on its own: all tables there, all views bound, no log left beside it."""
    with duckdb.connect(str(temporary), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        rows = 0
        for schema, name in tables:
            sql = f"select count(*) from {quoted(schema)}.{quoted(name)}"
            rows += connection.execute(sql).fetchone()[0]
        for schema, name in views:
            connection.execute(f"select * from {quoted(schema)}.{quoted(name)} limit 0")
    found = (len(tables), len(views), rows)
    if found != (published.tables, published.views, published.rows + 1):
        raise UserError(
            f"The copy has {found} tables, views and rows instead of "
            f"{(published.tables, published.views, published.rows + 1)}: nothing was published."
        )


def _storage() -> str:
    """DuckDB 2 writes a format that older BI drivers refuse, unless told to write this one."""
    return "(storage_version 'v1.4.0')" if duckdb.__version__.startswith("2.") else ""
