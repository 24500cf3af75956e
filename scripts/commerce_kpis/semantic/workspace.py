"""A folder in which `mf` reads a finished build and writes nothing but its log.

`mf` reads target/semantic_manifest.json of the folder that it runs in, and opens the build file of
its profile to be written to. So it gets a folder of its own: the project's name, the manifest, and
a profile that attaches the file to be read, under the name that the manifest has for it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import yaml

from commerce_kpis.console import UserError
from commerce_kpis.project import PROFILE, PROJECT


def make_workspace(folder: Path, manifest: Path, file: Path) -> Path:
    """Make the folder, or make it anew.

    Args:
        folder: where.
        manifest: semantic_manifest.json as `dbt parse` wrote it.
        file: the built or published DuckDB file that is queried.

    Raises:
        UserError: the manifest has no metrics.
    """
    content = json.loads(manifest.read_text(encoding="utf-8"))
    if not content["metrics"]:
        raise UserError(f"{manifest} holds no metrics: run `dbt parse` in the project.")
    database = content["semantic_models"][0]["node_relation"]["database"]
    (folder / "target").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(manifest, folder / "target" / "semantic_manifest.json")
    project = {"name": PROFILE, "version": "0.1.0", "profile": PROFILE}
    project["flags"] = {"send_anonymous_usage_stats": False}
    _write(folder / "dbt_project.yml", project)
    output = {
        "type": "duckdb",
        "path": ":memory:",
        "database": database,
        "attach": [{"path": str(file.absolute()), "alias": database, "read_only": True}],
        "settings": {"TimeZone": "UTC"},
    }
    _write(folder / "profiles.yml", {PROFILE: {"target": "file", "outputs": {"file": output}}})
    return folder


def environment_of(folder: Path) -> dict[str, str]:
    """The variables that lead `mf` there, wherever it is started."""
    return {
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def newest_source() -> float:
    """When a file that the manifest is made of was last changed."""
    files = [PROJECT / "dbt_project.yml", *(PROJECT / "models").rglob("*.yml")]
    return max(file.stat().st_mtime for file in files)


def _write(path: Path, content: dict) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
