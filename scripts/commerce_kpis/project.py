"""Where things are: the project, the profile and the file that dbt builds into."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PROFILE = "commerce_kpis"
PUBLISHED_FILE = PROJECT / "warehouse" / "kpis.duckdb"
# Which group the models are of; dbt reads no model without it.
GROUPS = "models/groups.yml"
VIEW_SCHEMA = "bi"
# The folder of models/marts/kpis/ whose tables read kpi_values, and are no KPIs of their own.
PLANS = "plans"
# What a period is, from the shortest to the longest.
GRAINS = ("day", "week", "month", "quarter", "year", "r12m")


def profiles_folder() -> Path:
    """The folder of profiles.yml: the project, unless DBT_PROFILES_DIR says otherwise."""
    return Path(os.environ.get("DBT_PROFILES_DIR") or PROJECT)


def target_folder() -> Path:
    """dbt's folder of artifacts."""
    return PROJECT / (os.environ.get("DBT_TARGET_PATH") or "target")


def warehouse_folder() -> Path:
    """The folder of built and published files, made if there is none."""
    folder = PROJECT / "warehouse"
    folder.mkdir(exist_ok=True)
    return folder


def log_file() -> Path:
    """dbt's log."""
    return PROJECT / (os.environ.get("DBT_LOG_PATH") or "logs") / "dbt.log"


def ensure_profile() -> Path:
    """The profile, copied from the example if the project has none.

    Raises:
        FileNotFoundError: DBT_PROFILES_DIR names a folder without one.
    """
    path = profiles_folder() / "profiles.yml"
    if not path.exists() and path.parent == PROJECT:
        # Renamed, so that nobody who is killed or started meanwhile leaves or reads half of it.
        whole = path.with_name(f".{path.name}.{os.getpid()}")
        shutil.copyfile(PROJECT / "profiles.example.yml", whole)
        whole.replace(path)
    if not path.exists():
        raise FileNotFoundError(path)
    return path
