"""scripts/build: build and test everything, publish it, print the scorecard."""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import click
import duckdb
import yaml
from rich.console import Console

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.dbt_run import run_dbt
from commerce_kpis.locks import locked
from commerce_kpis.mapping import load_mapping, map_delivery
from commerce_kpis.profile import build_file
from commerce_kpis.project import PROJECT, PUBLISHED_FILE, target_folder, warehouse_folder
from commerce_kpis.publish import check_as_of, check_target, publish, remove_leftovers
from commerce_kpis.scorecard import print_scorecard

LANDINGS = ("seeds", "files", "schema")
# What DuckDB says of a file that a full disk or a kill left half written.
DAMAGED = ("not a valid DuckDB database", "replaying WAL", "orrupt", "checksum", "enough bytes")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--landing", type=click.Choice(LANDINGS), help="Where raw tables come from.")
@click.option("--landing-path", type=Path, help="Folder of raw files (landing files).")
@click.option("--landing-schema", help="Schema of raw tables (landing schema).")
@click.option("--landing-database", help="Database of that schema, if not the build file.")
@click.option("--mapping", help="Folder of analyses/mappings that brings --input to the contract.")
@click.option("--input", "delivery", type=Path, help="Delivered Parquet or CSV file to map.")
@click.option("--as-of", help="The data's clock, UTC: 2025-07-01 or 2025-07-01T12:00:00.")
@click.option("--vars", "variables", help="Further parameters as YAML: '{inactivity_days: 90}'.")
@click.option("--out", type=Path, default=PUBLISHED_FILE, help="File to publish to.")
@click.option("--unit-tests", is_flag=True, help="Run the unit tests of the SQL too.")
@click.option("--full-refresh", is_flag=True, help="Build incremental tables anew.")
@click.option("--wait", is_flag=True, help="Wait for a build that is running.")
def main(
    landing: str | None,
    landing_path: Path | None,
    landing_schema: str | None,
    landing_database: str | None,
    mapping: str | None,
    delivery: Path | None,
    as_of: str | None,
    variables: str | None,
    out: Path,
    unit_tests: bool,
    full_refresh: bool,
    wait: bool,
) -> None:
    """Build the warehouse, test it, publish it to one DuckDB file and print the scorecard.

    Paths are relative to the folder you are in. A build that fails changes no published file.
    """
    console = make_console()
    chosen = _variables(variables)
    chosen |= _landing(landing, landing_path, landing_schema, landing_database)
    if mapping or delivery:
        _check_mapping(mapping, delivery, chosen)
    if as_of:
        chosen["as_of"] = _utc(as_of)
    file = build_file()
    out = out.absolute()
    if out == PUBLISHED_FILE:
        out.parent.mkdir(exist_ok=True)
    folders = [target_folder()]
    target_folder().mkdir(parents=True, exist_ok=True)
    if file is not None:
        check_target(out, file)
        folders += [file.parent, out.parent]
    with locked(folders, wait=wait, command="scripts/build") as descriptors:
        if file is not None:
            _clear(file, out, console)
        if file is not None and chosen.get("as_of"):
            check_as_of(out, datetime.fromisoformat(chosen["as_of"]))
        if mapping and delivery:
            chosen = _mapped(mapping, delivery, console) | chosen
        _generate_macros()
        arguments = ["build", *(["--full-refresh"] if full_refresh else [])]
        if unit_tests:
            arguments += ["--selector", "everything"]
        if chosen:
            arguments += ["--vars", json.dumps(chosen)]
        outcome = run_dbt(arguments, descriptors, console)
        if outcome.return_code != 0:
            raise UserError("The build did not pass, so nothing was published.")
        console.print(f"Built and tested in {outcome.seconds:.0f} s.")
        if file is None:
            console.print("The target is no DuckDB file: there is nothing to publish.")
            return
        published = publish(file, out)
    console.print(
        f"Published {out}: {published.tables} tables, {published.views} views, "
        f"{published.rows:,} rows."
    )
    print_scorecard(out, console=console, is_optional=True)


def _variables(text: str | None) -> dict:
    """The mapping given as --vars, refused if dbt would ignore one of its keys."""
    if not text:
        return {}
    try:
        chosen = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserError(f"--vars is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(chosen, dict):
        raise UserError("--vars is no mapping: write it like '{inactivity_days: 90}'.")
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    known = sorted(project["vars"])
    for key in chosen:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"do you mean `{near[0]}`?" if near else "dbt_project.yml lists them."
            raise UserError(f"--vars names `{key}`, which is no parameter: {hint}")
        _check_value(key, chosen[key], project["vars"][key])
    return chosen


def _check_value(key: str, value: object, default: object) -> None:
    """Refuse a value that would not stand in SQL as the number, truth or text it is meant to be."""
    if type(default) is bool and type(value) is not bool:
        raise UserError(f"--vars gives `{key}` {value!r}: it takes true or false.")
    if type(default) in (int, float) and type(value) not in (int, float):
        raise UserError(f"--vars gives `{key}` {value!r}: it takes a number, such as {default}.")
    if isinstance(value, str) and "'" in value and not key.startswith("landing"):
        raise UserError(f"--vars gives `{key}` {value!r}: it takes no quotes.")


def _check_mapping(name: str | None, delivery: Path | None, chosen: dict) -> None:
    """Refuse half a mapping, or one beside another way in."""
    if not name or not delivery:
        raise UserError("--mapping and --input go together: a mapping, and the file it reads.")
    if "landing" in chosen:
        raise UserError("--mapping makes the landing folder itself: leave out --landing options.")


def _mapped(name: str, delivery: Path, console: Console) -> dict:
    """Make the landing folder of a delivered file; the parameters that lead dbt to it."""
    mapping = load_mapping(name)
    folder = warehouse_folder() / "landing" / name
    rows = map_delivery(mapping, delivery.absolute(), folder)
    tables = ", ".join(f"{table} {count:,}" for table, count in rows.items())
    console.print(f"Mapped {delivery} to {folder}: {tables}.")
    return {**mapping.variables, "landing": "files", "landing_path": str(folder)}


def _landing(
    landing: str | None, path: Path | None, schema: str | None, database: str | None
) -> dict[str, str]:
    """The variables of the landing switch; an option of one way in implies that way."""
    implied = "files" if path else "schema" if schema or database else None
    if path and (schema or database):
        raise UserError("--landing-path and --landing-schema are two ways in: choose one.")
    if landing and implied and landing != implied:
        raise UserError(f"--landing {landing} does not go with the options of `{implied}`.")
    chosen = {}
    if landing or implied:
        chosen["landing"] = landing or implied
    if path:
        path = path.absolute()
        if not path.is_dir():
            raise UserError(
                f"There is no folder {path}: --landing-path names the raw files' folder."
            )
        chosen["landing_path"] = str(path)
    if schema:
        chosen["landing_schema"] = schema
    if database:
        chosen["landing_database"] = database
    return chosen


def _clear(file: Path, out: Path, console: Console) -> None:
    """Take away what a killed build or a full disk left: it takes room, or blocks this build."""
    remove_leftovers(out)
    shutil.rmtree(file.with_name(file.name + ".tmp"), ignore_errors=True)
    if not file.exists():
        return
    try:
        duckdb.connect(str(file), read_only=True).close()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
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


def _generate_macros() -> None:
    """Bring macros/generated/ up to date with the YAML files."""
    done = subprocess.run(
        [sys.executable, "-m", "commerce_kpis.generate_macros"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise UserError(
            f"scripts/generate_macros failed ({lines[-1]}): check the YAML files in "
            "models/landing and models/marts/kpis with scripts/check_yaml."
        )


if __name__ == "__main__":
    run_command(main, "scripts/build")
