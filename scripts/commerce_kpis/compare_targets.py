"""scripts/compare_targets: whether two targets build the same numbers from the same rows."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from commerce_kpis.cell_comparison import Compared, compare_tables, tables_of
from commerce_kpis.compared_targets import TARGETS
from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.landing_options import generate_macros, landing_parameters
from commerce_kpis.locks import locked
from commerce_kpis.own_postgres import running_server
from commerce_kpis.own_spark import WORKERS, running_cluster
from commerce_kpis.project import PROJECT

SCRATCH = PROJECT / "target" / "compared"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=2, metavar="ONE OTHER", type=click.Choice(list(TARGETS)))
@click.option(
    "--take",
    "taken",
    multiple=True,
    type=click.Choice(list(TARGETS)),
    help="Take the last build of this target instead of building; may be given twice.",
)
@click.option(
    "--serve",
    is_flag=True,
    help="Start what the lake or Spark needs in a temporary folder, and stop it afterwards: "
    "a PostgreSQL server, or a cluster.",
)
@click.option(
    "--landing-path",
    type=Path,
    help="Folder of raw files to build instead of the demo company, as of scripts/generate_data.",
)
def main(
    names: tuple[str, str], taken: tuple[str, ...], serve: bool, landing_path: Path | None
) -> None:
    """Build the demo company on two targets and compare every table of the schemas core and kpi,
    cell by cell: counts and money exactly, ratios to 1e-9. The exit code is 1 if any differs.

    Targets are those of profiles.example.yml; what is built goes below target/compared/, and to the
    lake that the environment variables name.
    """
    console = make_console()
    if names[0] == names[1]:
        raise UserError(f"{names[0]} and {names[1]} are one target: name two.")
    if unknown := sorted(set(taken) - set(names)):
        raise UserError(f"--take {unknown[0]} is not compared: it takes {' or '.join(names)}.")
    served = [name for name in names if name in SERVERS and name not in taken]
    if serve and not served:
        raise UserError(
            "--serve is for a lake or a cluster that is built: name lake or spark, and do not "
            "--take it."
        )
    parameters = {"landing": "seeds", **landing_parameters(path=landing_path)}
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with locked([SCRATCH], command="scripts/compare_targets"):
        (SCRATCH / "profiles").mkdir(exist_ok=True)
        shutil.copyfile(PROJECT / "profiles.example.yml", SCRATCH / "profiles" / "profiles.yml")
        os.environ["DBT_PROFILES_DIR"] = str(SCRATCH / "profiles")
        if set(names) - set(taken):
            generate_macros()
        with contextlib.ExitStack() as stack:
            for name in served if serve else []:
                stack.enter_context(SERVERS[name](console))
            compared = _compare(names, taken, parameters, console)
    if _report(compared, names, console):
        sys.exit(1)


@contextlib.contextmanager
def _lake_of_its_own(console: Console) -> Iterator[None]:
    """Let the environment variables lead to a lake that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kpi_lake_") as folder, running_server() as variables:
        console.print("PostgreSQL runs for this comparison.")
        os.environ.update(variables, KPI_LAKE_DATA=folder, KPI_LAKE_CATALOG="")
        yield


@contextlib.contextmanager
def _cluster_of_its_own(console: Console) -> Iterator[None]:
    """Let the environment variables lead to a Spark cluster that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="kpi_spark_") as folder,
        running_cluster(Path(folder)) as variables,
    ):
        console.print(f"A Spark cluster of {WORKERS} workers runs for this comparison.")
        os.environ.update(variables)
        yield


SERVERS = {"lake": _lake_of_its_own, "spark": _cluster_of_its_own}


def _compare(
    names: tuple[str, str], taken: tuple[str, ...], parameters: dict[str, str], console: Console
) -> list[Compared]:
    targets = [TARGETS[name](SCRATCH) for name in names]
    # What is taken is looked for before anything is built for an hour beside it.
    for target in targets:
        if target.name in taken:
            with duckdb.connect() as connection:
                target.attach(connection)
    for target in targets:
        if target.name not in taken:
            target.build(parameters, console)
    with duckdb.connect() as connection:
        for target in targets:
            target.attach(connection)
        one, other = (tables_of(connection, name) for name in names)
        if not one and not other:
            raise UserError("Neither target has a table in the schemas core and kpi: build first.")
        return compare_tables(connection, *names, (one, other))


def _report(compared: list[Compared], names: tuple[str, str], console: Console) -> bool:
    """Print what was found; whether anything differs."""
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("table")
    for name in ("rows", "cells", "differences"):
        table.add_column(name, justify="right")
    for found in compared:
        counts = (found.rows, found.cells, found.differences)
        style = "bold red" if found.differences else None
        table.add_row(found.table, *(f"{count:,}" for count in counts), style=style)
    console.print()
    console.print(table)
    for found in compared:
        for note in found.notes:
            console.print(f"{found.table}: {note}", markup=False)
    rows, cells, differences = (
        sum(getattr(found, name) for found in compared) for name in ("rows", "cells", "differences")
    )
    console.print(
        f"{' and '.join(names)}: {len(compared)} tables, {rows:,} rows, {cells:,} cells, "
        f"{differences:,} differences."
    )
    return differences > 0


if __name__ == "__main__":
    run_command(main, "scripts/compare_targets")
