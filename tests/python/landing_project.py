"""Landing and staging in a project of their own, which dbt reads in a few seconds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import yaml
from commerce_kpis.dbt_run import DBT
from commerce_kpis.generate_macros import jinja_macro, landing_contract
from commerce_kpis.project import GROUPS
from conftest import PROJECT


def profile_with(text: str) -> str:
    """The example profile, its first target with further YAML."""
    profile = yaml.safe_load((PROJECT / "profiles.example.yml").read_text(encoding="utf-8"))
    profile["commerce_kpis"]["outputs"]["dev"].update(yaml.safe_load(text) or {})
    return yaml.safe_dump(profile, sort_keys=False)


class LandingProject:
    """A project of landing, staging and availability, with a build file for each name of a run."""

    def __init__(self, folder: Path, profile: str = "") -> None:
        """Lay the project; `profile` is YAML that its target in profiles.yml has too."""
        self.folder = folder
        for name in (
            "macros",
            "models/landing",
            "models/staging",
            "models/intermediate/landing",
            "scripts",
            "seeds/raw",
            "tests/generic",
        ):
            # Without the unit tests dbt starts in half the time.
            ignored = shutil.ignore_patterns("base_contract__*.yml", "__pycache__")
            shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
        for name in ("dbt_project.yml", GROUPS):
            shutil.copyfile(PROJECT / name, folder / name)
        (folder / "profiles.yml").write_text(profile_with(profile), encoding="utf-8")

    def keep_tables(self, *tables: str) -> None:
        """Leave only some tables in the contract: dbt is three times as fast."""
        contract = landing_contract()
        (self.folder / "macros" / "generated" / "landing_contract.sql").write_text(
            jinja_macro("landing_contract", {table: contract[table] for table in tables}, "a test"),
            encoding="utf-8",
        )
        for path in (*self.folder.glob("models/**/*__*"), *self.folder.glob("seeds/raw/raw_*.csv")):
            table = path.stem.split("__")[-1].removeprefix("raw_")
            if table in contract and table not in tables:
                path.unlink()

    def build_file(self, run: str) -> Path:
        """The build file of a run."""
        return self.folder / f"{run}.duckdb"

    def build(
        self, run: str, *select: str, environment: dict[str, str] | None = None, **variables: object
    ) -> subprocess.CompletedProcess[str]:
        """Run `dbt build` without tests into the build file of that run."""
        without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        arguments = ("build", "--select", *select, *without_tests)
        return self.run_dbt(run, *arguments, environment=environment, **variables)

    def run_dbt(
        self,
        run: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
        **variables: object,
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt with the build file of that run."""
        return subprocess.run(
            [*DBT, "--no-use-colors", *arguments, "--vars", json.dumps(variables)],
            cwd=self.folder,
            env={**os.environ, "KPI_BUILD_FILE": str(self.build_file(run))}
            | {"DBT_PROFILES_DIR": str(self.folder), "DBT_TARGET_PATH": f"target_{run}"}
            | {"DBT_LOG_PATH": "logs", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )

    def query(self, run: str, sql: str) -> list[tuple]:
        """Rows of a build file."""
        with duckdb.connect(str(self.build_file(run)), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()
