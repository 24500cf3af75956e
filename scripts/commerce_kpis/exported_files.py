"""How a table becomes a file: Parquet and CSV by DuckDB's own writers, workbooks by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from commerce_kpis.exported_tables import Table
from commerce_kpis.exported_workbooks import check_fits, write_workbook
from commerce_kpis.sql import quoted, text

# A cell that begins with one of these may be run as a formula by a spreadsheet that opens the file.
FORMULA_STARTS = "=+-@\t\r\n"


@dataclass(frozen=True)
class Writer:
    """A format. `check` refuses a table that does not fit, before anything is written."""

    check: Callable[[Table], None]
    write: Callable[[duckdb.DuckDBPyConnection, Table, Path], None]


def write_parquet(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """One Parquet file with the types of the table."""
    options = "format parquet, compression zstd"
    connection.execute(f"copy ({table.select()}) to {text(path)} ({options})")


def write_csv(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """One CSV file: UTF-8, header, ISO dates, empty for null and `""` for an empty text.

    A text that a spreadsheet would take for a formula begins with an apostrophe. Numbers do not:
    what begins with a minus sign there is a number.
    """
    options = "format csv, header true, delimiter ','"
    columns = ", ".join(_harmless(name, kind) for name, kind in table.columns)
    connection.execute(f"copy ({table.select(columns)}) to {text(path)} ({options})")


def _harmless(name: str, kind: str) -> str:
    """A column of a CSV file."""
    column = quoted(name)
    if kind != "VARCHAR":
        return column
    starts = f"chr({'), chr('.join(str(ord(start)) for start in FORMULA_STARTS)})"
    return (
        f"case when left({column}, 1) in ({starts}) then '''' || {column} else {column} end "
        f"as {column}"
    )


def _fits_always(table: Table) -> None:
    """A file without limits."""


WRITERS = {
    "parquet": Writer(_fits_always, write_parquet),
    "csv": Writer(_fits_always, write_csv),
    "xlsx": Writer(check_fits, write_workbook),
}
