"""scripts/export: tables of a published file as Parquet, CSV or Excel workbooks.

One file per table, in a folder per schema: `<out>/kpi/kpi_sales.parquet`. Everything is written
aside and renamed when all of it is there; the published file is opened read-only, once, so all
tables are those of one build.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb
from xlsxwriter.exceptions import XlsxFileError

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.exported_files import WRITERS
from commerce_kpis.exported_tables import SCHEMAS, Table, chosen_tables
from commerce_kpis.files import fsync
from commerce_kpis.locks import locked
from commerce_kpis.project import GRAINS, PUBLISHED_FILE
from commerce_kpis.sql import first_line

ASIDE = ".exporting"


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    out: Path
    kind: str
    tables: int
    rows: int

    def __str__(self) -> str:
        """What a user reads of it."""
        tables = "1 table" if self.tables == 1 else f"{self.tables} tables"
        return f"Exported {tables}, {self.rows:,} rows, as {self.kind} to {self.out}."


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=Path, default=PUBLISHED_FILE, required=False)
@click.option("--out", type=Path, required=True, help="Folder to write to; made if need be.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(sorted(WRITERS)),
    default="parquet",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--schema",
    "schemas",
    multiple=True,
    type=click.Choice(SCHEMAS),
    help="Every table and view of this schema; may be given several times. Default: kpi.",
)
@click.option(
    "--table",
    "names",
    multiple=True,
    help="This table or view only, such as kpi_sales or bi.sales; may be given several times.",
)
@click.option(
    "--grain",
    "grains",
    multiple=True,
    type=click.Choice(GRAINS),
    help="Of KPI tables only the rows of this grain; may be given several times.",
)
@click.option(
    "--dimension",
    "dimensions",
    multiple=True,
    help="Of KPI tables only the rows of this dimension, such as total or country.",
)
def main(
    file: Path,
    out: Path,
    kind: str,
    schemas: tuple[str, ...],
    names: tuple[str, ...],
    grains: tuple[str, ...],
    dimensions: tuple[str, ...],
) -> None:
    """Write tables of a published FILE into a folder, one file per table."""
    only = {"period_grain": grains, "dimension": dimensions}
    exported = export(file, out, kind, schemas, names, only)
    make_console().print(str(exported), markup=False)


def export(
    file: Path,
    out: Path,
    kind: str = "parquet",
    schemas: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    only: dict[str, tuple[str, ...]] | None = None,
) -> Exported:
    """Write tables of a published file.

    Args:
        file: a published DuckDB file.
        out: a folder, made if need be. Files of the same names are replaced, others are left.
        kind: `parquet`, `csv` or `xlsx`.
        schemas: whole schemas; `kpi` if neither they nor names are given.
        names: tables and views, with or without their schema.
        only: values of columns; tables that have these columns are cut to their rows.

    Raises:
        UserError: no such file, table or room, or a table does not fit the format. The files in
            `out` are then as they were.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}: run scripts/build, or name another file.")
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is no folder: name one with --out.")
    aside = out / ASIDE
    try:
        out.mkdir(parents=True, exist_ok=True)
        with locked([out], command="scripts/export"):
            # What a killed export has left, since there is no other one at work here.
            shutil.rmtree(aside, ignore_errors=True)
            try:
                (aside / "spill").mkdir(parents=True)
                tables, rows = _write(file, aside, kind, schemas, names, only or {})
                _move(tables, kind, aside, out)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except duckdb.Error as error:
        raise UserError(
            f"{file} cannot be exported ({first_line(error)}): is it a published file?"
        ) from None
    except (OSError, XlsxFileError) as error:
        reason = getattr(error, "strerror", None) or first_line(error)
        raise UserError(
            f"Cannot write to {out} ({reason}): it must be writable and have room."
        ) from None
    return Exported(out, kind, len(tables), rows)


def _write(
    file: Path,
    aside: Path,
    kind: str,
    schemas: tuple[str, ...],
    names: tuple[str, ...],
    only: dict[str, tuple[str, ...]],
) -> tuple[list[Table], int]:
    """Write every chosen table below a folder; the tables, and how many rows that is."""
    config = {"temp_directory": str(aside / "spill")}
    with duckdb.connect(str(file), read_only=True, config=config) as connection:
        tables = chosen_tables(connection, file, schemas, names, only)
        writer = WRITERS[kind]
        # Before anything is written: a table that does not fit is no surprise after minutes.
        for table in tables:
            writer.check(table)
        for table in tables:
            (aside / table.schema).mkdir(exist_ok=True)
            path = aside / table.file_name(kind)
            writer.write(connection, table, path)
            fsync(path)
        return tables, sum(table.rows for table in tables)


def _move(tables: list[Table], kind: str, aside: Path, out: Path) -> None:
    """Rename every whole file to its place."""
    for table in tables:
        (out / table.schema).mkdir(exist_ok=True)
        (aside / table.file_name(kind)).replace(out / table.file_name(kind))
    for schema in {table.schema for table in tables}:
        fsync(out / schema)


if __name__ == "__main__":
    run_command(main, "scripts/export")
