"""The floor: the KPI tables by hand-written SQL, as little work as gives the same numbers.

    python -m benchmarking.floor_run --data DIR --file FILE

It reads the raw tables (a folder of `<table>/*.parquet`, every column text) and writes a DuckDB
file: the staged tables (floor_staging.py), the facts (floor/*.sql), the KPI tables (floor/*/*.sql,
a file for each), and `kpi.kpi_values` (floor_values.py). Parts and variants are those of the
project, for every grain and dimension, every period of every member of a dense dimension;
floor_check.py compares them cell by cell.

What it does not do, and the project does:
  - keep rejected and superseded rows with their reason, balance rows and money (trust), write
    descriptions, contracts and constraints;
  - predictions of accounts, and the parts and variants that rest on them; forecasts; drivers,
    change impact, targets, variant bridges, coverage, evidence;
  - confidence intervals and Kaplan-Meier estimates; status, maturity, significance, definition and
    to-date comparison of the values in the long table;
  - parameters: it knows only the defaults, UTC, EUR, and the seeds as shipped (internal_accounts,
    company_links and cost_allocation_rules without rows).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
from commerce_kpis.console import UserError, run_command
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import text

from benchmarking.floor_staging import stage
from benchmarking.floor_values import write_values

FLOOR = Path(__file__).resolve().parent / "floor"
LEFT_OUT = (
    "rejected rows and their balance, descriptions and constraints, predictions, forecasts, "
    "drivers, bridges, evidence, intervals, status and maturity of values"
)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=Path, required=True, help="Folder of the raw tables as Parquet.")
@click.option("--file", type=Path, required=True, help="DuckDB file to write anew.")
@click.option("--threads", type=int, default=2, show_default=True)
@click.option("--memory-limit", help="As DuckDB writes it: 4GB.")
@click.option("--temp", type=Path, help="Folder to spill to.")
def main(data: Path, file: Path, threads: int, memory_limit: str | None, temp: Path | None) -> None:
    """Compute the KPI tables by hand-written SQL; print each statement's seconds as JSON lines."""
    if not any(data.glob("orders/*.parquet")):
        raise UserError(f"{data} has no orders/*.parquet: write it with scripts/generate_data.")
    for path in (file, file.with_name(file.name + ".wal")):
        path.unlink(missing_ok=True)
    settings = {"threads": threads, "preserve_insertion_order": False, "TimeZone": "UTC"}
    settings |= {"memory_limit": memory_limit} if memory_limit else {}
    settings |= {"temp_directory": str(temp)} if temp else {}
    with duckdb.connect(str(file)) as connection:
        for name, value in settings.items():
            connection.execute(f"set {name} = {text(value)}")
        for room, name, seconds in run_floor(connection, data):
            line = {"room": room, "name": name, "seconds": round(seconds, 4)}
            print(json.dumps(line), flush=True)


def run_floor(
    connection: duckdb.DuckDBPyConnection, data: Path
) -> Iterator[tuple[str, str, float]]:
    """Make every table of the floor; its room, its name and its seconds, as it goes."""
    files = sorted(FLOOR.rglob("*.sql"))
    started = time.monotonic()
    connection.execute("create schema config")
    for seed in sorted((PROJECT / "seeds" / "config").glob("*.csv")):
        connection.execute(f"create table config.{seed.stem} as from read_csv({text(seed)})")
    for table in stage(connection, data, "\n".join(file.read_text("utf-8") for file in files)):
        yield "staging", f"stg.{table}", time.monotonic() - started
        started = time.monotonic()
    for file in files:
        room = "core" if file.parent == FLOOR else "kpis"
        for statement in connection.extract_statements(file.read_text("utf-8")):
            started = time.monotonic()
            connection.execute(statement)
            yield room, f"{file.stem}: {_title(statement.query)}", time.monotonic() - started
    started = time.monotonic()
    write_values(connection)
    yield "kpis", "kpi.kpi_values", time.monotonic() - started


def _title(query: str) -> str:
    """The first line of a statement that is no comment."""
    lines = (line.strip() for line in query.strip().splitlines())
    return next(line for line in lines if not line.startswith("--")).removesuffix(" as")


if __name__ == "__main__":
    run_command(main, "benchmarking.floor_run")
