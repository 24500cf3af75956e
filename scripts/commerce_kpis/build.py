"""scripts/build: build and test everything, publish it, print the scorecard."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timezone
from pathlib import Path

import click
import duckdb
from rich.console import Console

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.damaged_files import check_damaged_files
from commerce_kpis.dbt_run import run_dbt
from commerce_kpis.finished_builds import FileBuild
from commerce_kpis.landing_options import generate_macros, landing_options, project_variables
from commerce_kpis.locks import locked
from commerce_kpis.mapping import load_mapping, map_delivery
from commerce_kpis.profile import build_of_target, target_option
from commerce_kpis.project import PUBLISHED_FILE, target_folder, warehouse_folder
from commerce_kpis.publish import check_as_of, check_target, publish, remove_leftovers
from commerce_kpis.scorecard import print_scorecard
from commerce_kpis.sql import first_line

# What DuckDB says of a file that a full disk or a kill left half written.
DAMAGED = ("not a valid DuckDB database", "replaying WAL", "orrupt", "checksum", "enough bytes")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@landing_options
@click.option("--mapping", help="Folder of analyses/mappings that brings --input to the contract.")
@click.option("--input", "delivery", type=Path, help="Delivered Parquet or CSV file to map.")
@click.option("--as-of", help="The data's clock, UTC: 2025-07-01 or 2025-07-01T12:00:00.")
@click.option("--out", type=Path, default=PUBLISHED_FILE, help="File to publish to.")
@click.option("--unit-tests", is_flag=True, help="Run the unit tests of the SQL too.")
@click.option("--full-refresh", is_flag=True, help="Build incremental tables anew.")
@click.option("--wait", is_flag=True, help="Wait for a build that is running.")
@target_option
def main(
    parameters: dict,
    mapping: str | None,
    delivery: Path | None,
    as_of: str | None,
    out: Path,
    unit_tests: bool,
    full_refresh: bool,
    wait: bool,
) -> None:
    """Build the warehouse, test it, publish it to one DuckDB file and print the scorecard.

    Paths are relative to the folder you are in. A build that fails changes no published file.
    """
    console = make_console()
    chosen = dict(parameters)
    if mapping or delivery:
        _check_mapping(mapping, delivery, chosen)
    if as_of:
        chosen["as_of"] = _utc(as_of)
    build = build_of_target()
    file = build.file if isinstance(build, FileBuild) else None
    out = out.absolute()
    if out == PUBLISHED_FILE:
        out.parent.mkdir(exist_ok=True)
    folders = [target_folder()]
    target_folder().mkdir(parents=True, exist_ok=True)
    if build is not None:
        check_target(out, file)
        folders += [out.parent, *([file.parent] if file else [])]
    with locked(folders, wait=wait, command="scripts/build") as descriptors:
        if file is not None:
            _clear(file, out, console)
        if build is not None and chosen.get("as_of"):
            moment = datetime.fromisoformat(chosen["as_of"])
            check_as_of(out, moment, chosen.get("landing", "seeds"))
        if mapping and delivery:
            folder = (file.parent if file else warehouse_folder()) / "landing" / mapping
            chosen = _mapped(mapping, delivery, folder, console) | chosen
        check_damaged_files({**project_variables(), **chosen})
        generate_macros()
        arguments = ["build", *(["--full-refresh"] if full_refresh else [])]
        if unit_tests:
            arguments += ["--selector", "everything"]
        if chosen:
            arguments += ["--vars", json.dumps(chosen)]
        outcome = run_dbt(arguments, descriptors, console)
        if outcome.return_code != 0:
            raise UserError("The build did not pass, so nothing was published.")
        console.print(f"Built and tested in {outcome.seconds:.0f} s.")
        if build is None:
            console.print("The target is no DuckDB file: there is nothing to publish.")
            return
        published = publish(build, out)
    console.print(str(published), markup=False)
    print_scorecard(out, console=console, is_optional=True)


def _check_mapping(name: str | None, delivery: Path | None, chosen: dict) -> None:
    """Refuse half a mapping, or one beside another way in."""
    if not name or not delivery:
        raise UserError("--mapping and --input go together: a mapping, and the file it reads.")
    if "landing" in chosen:
        raise UserError("--mapping makes the landing folder itself: leave out --landing options.")


def _mapped(name: str, delivery: Path, folder: Path, console: Console) -> dict:
    """Make the landing folder of a delivered file; the parameters that lead dbt to it."""
    mapping = load_mapping(name)
    rows = map_delivery(mapping, delivery.absolute(), folder)
    tables = ", ".join(f"{table} {count:,}" for table, count in rows.items())
    console.print(f"Mapped {delivery} to {folder}: {tables}.")
    return {**mapping.variables, "landing": "files", "landing_path": str(folder)}


def _clear(file: Path, out: Path, console: Console) -> None:
    """Take away what a killed build or a full disk left: it takes room, or blocks this build."""
    remove_leftovers(out)
    shutil.rmtree(file.with_name(file.name + ".tmp"), ignore_errors=True)
    if not file.exists():
        return
    try:
        duckdb.connect(str(file), read_only=True).close()
    except duckdb.Error as error:
        reason = first_line(error)
        if not any(text in reason for text in DAMAGED):
            return  # such as one that is open elsewhere: dbt meets the same and says so
        for path in (file, file.with_name(file.name + ".wal")):
            if path.exists():
                path.replace(path.with_name(path.name + ".damaged"))
        console.print(
            f"{file} is damaged ({reason}): it was renamed to {file.name}.damaged, "
            "and this build makes a new one.",
            markup=False,
        )


def _utc(text: str) -> str:
    """A moment as text in UTC, without zone."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise UserError(
            f"--as-of {text} is no moment: write 2025-07-01 or 2025-07-01T12:00:00."
        ) from None
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.isoformat(sep=" ", timespec="seconds")


if __name__ == "__main__":
    run_command(main, "scripts/build")
