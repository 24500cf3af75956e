"""The options that tell a command where raw tables are, and the parameters they stand for."""

from __future__ import annotations

import difflib
import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import yaml

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT

LANDINGS = ("seeds", "files", "schema")
OPTIONS = (
    click.option("--landing", type=click.Choice(LANDINGS), help="Where raw tables come from."),
    click.option("--landing-path", type=Path, help="Folder of raw files (landing files)."),
    click.option("--landing-schema", help="Schema of raw tables (landing schema)."),
    click.option("--landing-database", help="Database of that schema, if not the build file."),
    click.option(
        "--vars", "variables", help="Further parameters as YAML: '{inactivity_days: 90}'."
    ),
)


def landing_options(command: Callable) -> Callable:
    """Give a command these options; it takes the dbt variables they stand for as `parameters`."""

    @functools.wraps(command)
    def with_parameters(
        landing: str | None,
        landing_path: Path | None,
        landing_schema: str | None,
        landing_database: str | None,
        variables: str | None,
        **others: object,
    ) -> None:
        parameters = _variables(variables)
        parameters |= landing_parameters(landing, landing_path, landing_schema, landing_database)
        command(parameters=parameters, **others)

    for option in reversed(OPTIONS):
        with_parameters = option(with_parameters)
    return with_parameters


def project_variables() -> dict:
    """The parameters as dbt_project.yml sets them."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def generate_macros() -> None:
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
    known = project_variables()
    for key, value in chosen.items():
        if key not in known:
            near = difflib.get_close_matches(str(key), sorted(known), n=1)
            hint = f"do you mean `{near[0]}`?" if near else "dbt_project.yml lists them."
            raise UserError(f"--vars names `{key}`, which is no parameter: {hint}")
        _check_value(key, value, known[key])
    return chosen


def _check_value(key: str, value: object, default: object) -> None:
    """Refuse a value that would not stand in SQL as the number, truth or text it is meant to be."""
    if type(default) is bool and type(value) is not bool:
        raise UserError(f"--vars gives `{key}` {value!r}: it takes true or false.")
    if type(default) in (int, float) and type(value) not in (int, float):
        raise UserError(f"--vars gives `{key}` {value!r}: it takes a number, such as {default}.")
    if isinstance(value, str) and "'" in value and not key.startswith("landing"):
        raise UserError(f"--vars gives `{key}` {value!r}: it takes no quotes.")


def landing_parameters(
    landing: str | None = None,
    path: Path | None = None,
    schema: str | None = None,
    database: str | None = None,
) -> dict[str, str]:
    """The variables of the landing switch; an option of one way in implies that way.

    Raises:
        UserError: the options do not go together, or there is no such folder.
    """
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
