"""A published file, opened for one question at a time, so that a new publish is followed at once.

A process that holds a connection keeps the file it opened, also for later connections to the same
path. So one is open only while it is asked, one after the other, and an answer is known by the
identity of the file that gave it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from commerce_kpis.console import UserError
from commerce_kpis.sql import first_line

# A reader needs no extension from outside, and never fetches one.
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
REQUIRED = ("kpi_values", "kpi_catalog")
_ONE_AT_A_TIME = threading.Lock()


class FileReplacedError(Exception):
    """The file is no longer the one that was asked for: look again."""


@dataclass(frozen=True)
class Identity:
    """Which file stands at a path: another one after each publish."""

    inode: int
    modified_ns: int
    size: int


def identity_of(file: Path) -> Identity:
    """The file that stands at a path now.

    Raises:
        UserError: there is none.
    """
    try:
        found = file.stat()
    except OSError:
        found = None
    if found is None or not file.is_file():
        raise UserError(f"There is no file {file}: run scripts/build, or name another file.")
    return Identity(found.st_ino, found.st_mtime_ns, found.st_size)


@contextmanager
def opened(file: Path, expected: Identity | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection, closed at the end; nobody else of this process has one meanwhile.

    Raises:
        UserError: there is no such file, or it is no DuckDB file.
        FileReplacedError: another file than the expected one stands there.
    """
    with _ONE_AT_A_TIME:
        expected = expected or identity_of(file)
        try:
            connection = duckdb.connect(str(file), read_only=True, config=SETTINGS)
        except duckdb.Error as error:
            raise UserError(
                f"{file} cannot be read ({first_line(error)}): is it a published file?"
            ) from None
        try:
            if identity_of(file) != expected:
                raise FileReplacedError
            yield connection
        finally:
            connection.close()


def check_published(file: Path) -> None:
    """Nothing, if a file can be shown.

    Raises:
        UserError: it is missing, or no published file.
    """
    with opened(file) as connection:
        names = tables_of(connection, "kpi")
        if not set(REQUIRED) <= names:
            raise UserError(f"{file} has no kpi.kpi_values: it is no published KPI file.")


def tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    """Names of the tables and views of a schema."""
    return {
        row[0]
        for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [schema]
        ).fetchall()
    }


def comments_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """What the file says about each column of a table."""
    return {
        name: comment or ""
        for name, comment in connection.execute(
            "select column_name, comment from duckdb_columns() "
            "where schema_name = ? and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
    }


def frame(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list | None = None
) -> pd.DataFrame:
    """The rows of a query; what is null is None or NaN."""
    return connection.execute(query, parameters or []).df()
