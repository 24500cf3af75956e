"""What profiles.yml says about the build, read before dbt does, to fail with one line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import jinja2
import yaml
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions import CompilationError

from commerce_kpis.console import UserError
from commerce_kpis.finished_builds import (
    FileBuild,
    FinishedBuild,
    LakeBuild,
    SparkBuild,
    lake_of,
)
from commerce_kpis.project import PROFILE, PROJECT, ensure_profile

# The file's name becomes the name of a database, which DuckDB and dbt write into SQL unquoted.
DATABASE_FILE = re.compile(r"(?!(main|system|temp)(\.|$))\w[\w. -]*", re.IGNORECASE)


def _choose(_context: click.Context, _option: click.Parameter, name: str | None) -> None:
    """Let this command and the dbt it starts use a target, as dbt's own variable does."""
    if name:
        os.environ["DBT_TARGET"] = name


target_option = click.option(
    "--target",
    callback=_choose,
    expose_value=False,
    help="Target of profiles.yml to build into, such as lake.",
)


def build_of_target() -> FinishedBuild | None:
    """Where dbt builds to, if it can be published from there.

    Raises:
        UserError: no profile, no such target, or a path that points nowhere.
    """
    target = _target(_profile())
    if target.get("type") == "duckdb" and lake_of(target):
        return LakeBuild(target)
    if target.get("type") == "spark" and os.environ.get("KPI_SPARK_WAREHOUSE"):
        return SparkBuild(os.environ["KPI_SPARK_WAREHOUSE"].rstrip("/"))
    file = build_file()
    return FileBuild(file) if file else None


def build_file() -> Path | None:
    """The DuckDB file that dbt builds into; None if the target is a lake or another engine.

    Raises:
        UserError: no profile, no such target, or a path that points nowhere.
    """
    profile = _profile()
    target = _target(profile)
    if target.get("type") != "duckdb" or lake_of(target):
        return None
    path = target.get("path")
    if not path or str(path) == ":memory:":
        raise UserError(f"{profile}: the target has no `path`; name the file to build into.")
    file = PROJECT / Path(str(path)).expanduser()
    if file.parent == PROJECT / "warehouse":
        file.parent.mkdir(exist_ok=True)
    if not file.parent.is_dir():
        raise UserError(
            f"{profile} points to {file}, but there is no folder {file.parent}: "
            "make the folder or correct `path`."
        )
    if not DATABASE_FILE.fullmatch(file.name):
        raise UserError(
            f"{profile} points to {file}, whose name SQL cannot take for a database: use letters, "
            "digits, `_`, `-` and dots, and not main, system or temp."
        )
    if file.is_dir():
        raise UserError(f"{profile} points to {file}, which is a folder: name a file in it.")
    if not os.access(file if file.exists() else file.parent, os.R_OK | os.W_OK):
        raise UserError(
            f"{profile} points to {file}, which you may not write: change its rights or `path`."
        )
    return file


def write_reading_profile(folder: Path, file: Path) -> None:
    """Write a profiles.yml like the user's, whose only target opens a DuckDB file to read it.

    What is attached is opened to be read, too. Expects that `build_file` found no fault.
    """
    name, target = _chosen(ensure_profile())
    target = {
        **target,
        "path": str(file),
        "config_options": {**(target.get("config_options") or {}), "access_mode": "READ_ONLY"},
    }
    profile = {PROFILE: {"target": name, "outputs": {name: target}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


def _profile() -> Path:
    """The profile that dbt reads."""
    try:
        return ensure_profile()
    except FileNotFoundError as missing:
        raise UserError(
            f"There is no {missing}: copy profiles.example.yml there, or unset DBT_PROFILES_DIR."
        ) from None


def _target(profile: Path) -> dict:
    """The chosen target of a profile, rendered."""
    _, target = _chosen(profile)
    return _rendered(target, profile)


def _chosen(profile: Path) -> tuple[str, dict]:
    """Name and content of the chosen target of a profile."""
    try:
        content = yaml.safe_load(profile.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"{profile} cannot be read ({error.strerror}): change its rights."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{profile} is not valid YAML: {reason}") from None
    try:
        outputs = content[PROFILE]["outputs"]
        name = os.environ.get("DBT_TARGET") or _rendered(content[PROFILE].get("target"), profile)
        return str(name), dict(outputs[name])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UserError(
            f"{profile} has no target for the profile `{PROFILE}`: "
            "compare it with profiles.example.yml."
        ) from None


def _rendered(value: object, profile: Path) -> object:
    """A value of the profile with its env_var() calls filled in."""
    if isinstance(value, dict):
        return {key: _rendered(item, profile) for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, profile) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value

    def env_var(name: str, default: str | None = None) -> str:
        found = os.environ.get(name, default)
        if found is None:
            raise UserError(f"{profile} needs the environment variable {name}: set it.")
        return found

    try:
        # With the filters of dbt, such as as_number.
        return get_environment(native=True).from_string(value).render({"env_var": env_var})
    except jinja2.TemplateError as error:
        raise UserError(f"{profile}: `{value}` cannot be read: {error}") from None
    except CompilationError as error:
        raise UserError(f"{profile}: `{value}` cannot be read: {error.msg}") from None
