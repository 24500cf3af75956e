"""scripts/check_landing: what lies at a landing place, before any build.

The delivery is read by the macros that a build reads it with, in a project of landing alone and
through a connection that can write nothing.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import click
import duckdb

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.damaged_files import check_damaged_files
from commerce_kpis.dbt_run import run_operation
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.landing_options import generate_macros, landing_options, project_variables
from commerce_kpis.landing_report import kpi_availability, print_report
from commerce_kpis.profile import build_file, write_reading_profile
from commerce_kpis.project import GROUPS, PROJECT


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@landing_options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def main(parameters: dict, as_json: bool) -> None:
    """Look at raw tables before a build: which are there, what is wrong with them, which KPIs they
    make.

    Changes nothing, in no file and no database. The exit code is 1 if a build would stop, and each
    reason is a line. Rules that need a second table are tried by the build only.
    """
    settings = {**project_variables(), **parameters}
    if settings["landing"] == "seeds":
        raise UserError(
            "The demo company needs no check: name a place with --landing-path or --landing-schema."
        )
    file = build_file()
    if file is None:
        raise UserError("profiles.yml: the target is no DuckDB file, so there is nothing to read.")
    check_damaged_files(settings)
    generate_macros()
    report = read_landing(settings, parameters, file)
    report["place"] = _place(settings, file)
    report["kpis"] = kpi_availability(report["needs"]) if report["tables"] else []
    if as_json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        print_report(report, make_console())
    if report["problems"]:
        sys.exit(1)


def read_landing(settings: dict, parameters: dict, file: Path) -> dict:
    """What the macro report_landing says of a landing place.

    Args:
        settings: all dbt variables, as a build would have them.
        parameters: those that differ from dbt_project.yml.
        file: the build file; opened only if the raw tables lie in it.
    """
    models = kpi_models()
    variants = [variant for model in models for variant in model.meta["variants"].values()]
    needs = sorted({need for variant in variants for need in variant.get("needs", [])})
    with tempfile.TemporaryDirectory(prefix="check_landing_") as name:
        folder = Path(name)
        (folder / "macros").symlink_to(PROJECT / "macros")
        shutil.copyfile(PROJECT / "dbt_project.yml", folder / "dbt_project.yml")
        shutil.copytree(PROJECT / "models" / "landing", folder / "models" / "landing")
        shutil.copyfile(PROJECT / GROUPS, folder / GROUPS)
        own = settings["landing"] == "schema" and _is_own_database(settings, file)
        if not own or not file.exists():
            file = folder / file.name
            duckdb.connect(str(file)).close()
        write_reading_profile(folder, file)
        notes = run_operation(
            "report_landing", {"needs": needs}, parameters, folder, folder, make_console()
        )
    return json.loads(notes[-1])


def _is_own_database(settings: dict, file: Path) -> bool:
    database = settings["landing_database"]
    return database is None or database.lower() == file.stem.lower()


def _place(settings: dict, file: Path) -> str:
    """The landing place, as people would say it."""
    if settings["landing"] == "files":
        return str(settings["landing_path"])
    return f"{settings['landing_database'] or file.stem}.{settings['landing_schema']}"


if __name__ == "__main__":
    run_command(main, "scripts/check_landing")
