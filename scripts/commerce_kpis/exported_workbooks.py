"""An Excel workbook of a table: its rows on one sheet, what the numbers mean on another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from commerce_kpis.console import UserError
from commerce_kpis.exported_tables import Table
from commerce_kpis.project import GRAINS
from commerce_kpis.sql import text

# What a sheet of Excel holds, from Microsoft's page of its specifications and limits.
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
NAME_CHARACTERS = 31
# Excel keeps fifteen digits of a number, so longer ones are texts.
EXACT_INTEGERS = 10**15
FIRST_DATE = date(1900, 3, 1)  # before it Excel counts a day that there never was
BATCH = 10_000
WIDEST = 60
# Nothing that a table holds is a formula or a link, whatever it looks like.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}
# Sheets beside the table's own.
DEFINITIONS = "definitions"
COLUMNS = "columns"

WriteCell = Callable[[Worksheet, int, int, Any], int]


def check_fits(table: Table) -> None:
    """Refuse a table that is larger than a sheet: a part of it would be taken for the whole.

    Raises:
        UserError: it has too many rows or columns.
    """
    if table.rows > SHEET_ROWS - 1:
        raise UserError(
            f"{table} has {table.rows:,} rows, and a sheet of Excel holds {SHEET_ROWS - 1:,} below "
            "its header: choose with --grain, --dimension or --table, or use --format parquet."
        )
    if len(table.columns) > SHEET_COLUMNS:
        raise UserError(
            f"{table} has {len(table.columns):,} columns, and a sheet of Excel holds "
            f"{SHEET_COLUMNS:,}: use --format parquet."
        )


def write_workbook(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Write the rows of a table, the catalog's of the KPIs in it, and what its columns mean.

    Raises:
        UserError: a text is longer than a cell may be.
    """
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as workbook:
        header = workbook.add_format({"bold": True, "bottom": 1})
        formats = {
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for name, query in (
            (table.name, table.select()),
            (DEFINITIONS, _definitions(connection, table)),
            (COLUMNS, _columns(table)),
        ):
            _write_sheet(connection, workbook, name, query, header, formats)


def _definitions(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """A query for the definitions of the KPI of a table; of all where it is of none alone."""
    kpis = connection.execute("select distinct kpi from kpi.kpi_catalog").fetchall()
    bare = table.name.removeprefix("kpi_")
    named = [kpi for (kpi,) in kpis if bare == kpi or bare.startswith(f"{kpi}_by_")]
    named += [kpi for (kpi,) in kpis if bare.removeprefix(f"{kpi}_") in GRAINS]
    where = f"where kpi = {text(max(named, key=len))}" if named else ""
    return f"select * from kpi.kpi_catalog {where} order by kpi, is_default desc, variant"


def _columns(table: Table) -> str:
    """A query for the columns of a table and what they mean."""
    return f"""
        select column_name as "column", data_type as "type", comment as "meaning"
        from duckdb_columns()
        where schema_name = {text(table.schema)} and table_name = {text(table.name)}
        order by column_index
    """


def _write_sheet(
    connection: duckdb.DuckDBPyConnection,
    workbook: xlsxwriter.Workbook,
    name: str,
    query: str,
    header: Format,
    formats: dict[str, Format],
) -> None:
    """The result of a query, below a frozen header with filters."""
    sheet = workbook.add_worksheet(name[:NAME_CHARACTERS])
    result = connection.execute(query)
    columns = [column[0] for column in result.description]
    write_cells = [_cell_writer(str(column[1]), formats) for column in result.description]
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column, header)
        sheet.set_column(index, index, min(max(len(column) + 2, 12), WIDEST))
    row = 0
    while batch := result.fetchmany(BATCH):
        for values in batch:
            row += 1
            for index, value in enumerate(values):
                if value is not None and write_cells[index](sheet, row, index, value) != 0:
                    raise UserError(
                        f"{name} has a text in {columns[index]} that is longer than the "
                        f"{CELL_CHARACTERS:,} characters of a cell of Excel: use --format parquet."
                    )
    sheet.autofilter(0, 0, row, len(columns) - 1)


def _cell_writer(kind: str, formats: dict[str, Format]) -> WriteCell:
    """What writes a value of a type of DuckDB's."""
    if kind == "BOOLEAN":
        return Worksheet.write_boolean
    if kind == "DATE":
        return partial(_write_date, look=formats["date"])
    if kind.startswith("TIMESTAMP"):
        return partial(_write_date, look=formats["moment"])
    if kind.endswith("INT") or kind == "INTEGER":
        return _write_integer
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return _write_number
    return _write_text


def _write_text(sheet: Worksheet, row: int, column: int, value: object) -> int:
    return sheet.write_string(row, column, str(value))


def _write_number(sheet: Worksheet, row: int, column: int, value: float | Decimal) -> int:
    return sheet.write_number(row, column, float(value))


def _write_integer(sheet: Worksheet, row: int, column: int, value: int) -> int:
    if abs(value) < EXACT_INTEGERS:
        return sheet.write_number(row, column, value)
    return _write_text(sheet, row, column, value)


def _write_date(
    sheet: Worksheet, row: int, column: int, value: date | datetime, look: Format
) -> int:
    day = value.date() if isinstance(value, datetime) else value
    if day < FIRST_DATE:
        return _write_text(sheet, row, column, value)
    return sheet.write_datetime(row, column, value, look)
