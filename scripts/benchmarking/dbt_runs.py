"""The project's own runs: dbt in a process of its own, into files of the benchmark's own folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml
from commerce_kpis.dbt_run import DBT
from commerce_kpis.project import PROFILE, PROJECT

from benchmarking.dbt_figures import Figures, engine_seconds, python_seconds, read_figures
from benchmarking.measure import Run, run_measured

WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
# The default selector has the data tests and no unit tests.
WITH_TESTS = ()


@dataclass(frozen=True)
class Settings:
    """What every run of a benchmark shares."""

    work: Path
    threads: int = 2
    memory_limit: str | None = None
    temp: Path | None = None
    select: str | None = None

    @property
    def spill(self) -> Path:
        """The folder to spill to."""
        return self.temp or self.work / "temp"

    @property
    def comparable(self) -> dict:
        """What must be equal of two benchmarks to compare them."""
        names = ("threads", "memory_limit", "select")
        return {name: getattr(self, name) for name in names}


class Builds:
    """Builds of the project into one file, with a profile and artifacts of their own.

    The settings stand in the profile as they are: a variable of the environment in it would make
    dbt read the whole project anew whenever its value changes.
    """

    def __init__(self, settings: Settings, name: str, variables: dict) -> None:
        self.settings = settings
        self.folder = settings.work / name
        self.variables = variables
        self.file = self.folder / "build.duckdb"
        self.target = self.folder / "target"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_profile()

    def forget(self) -> None:
        """Begin anew, without a build file."""
        for path in (self.file, self.file.with_name(self.file.name + ".wal")):
            path.unlink(missing_ok=True)

    def parse(self) -> Run:
        """Read the project, of which nothing changed since it was read before."""
        self._run("parse", ["parse"])
        return self._run("parse", ["parse"])

    def build(self, name: str, *arguments: str) -> tuple[Run, Figures]:
        """Build; what it took, and what became of its nodes."""
        run = self._run(name, self._build(*arguments))
        return run, read_figures(self.target)

    def overhead_per_node(self) -> tuple[Run, float]:
        """Milliseconds a node beside the work of the engine: one thread, the project read before.

        The engine's time is the sum of `elapsed` of the events SQLQueryStatus in dbt's JSON log;
        that of Python models, which run in dbt's process, is theirs and left out too.
        """
        self.forget()
        self._run("parse", ["parse"])
        log = self.folder / "logs" / "dbt.log"
        log.unlink(missing_ok=True)
        run = self._run("overhead", self._build(*WITHOUT_TESTS, "--threads", "1"), "debug")
        figures = read_figures(self.target)
        if not run.is_good or not figures.nodes:
            return run, float("nan")
        inside = engine_seconds(log) + python_seconds(self.target)
        return run, (run.wall_seconds - inside) / figures.nodes * 1000

    def _build(self, *arguments: str) -> list[str]:
        """The arguments of a build. A selection takes the place of the default selector."""
        if not self.settings.select:
            return ["build", *arguments]
        chosen = ("--select", *self.settings.select.split())
        return ["build", *chosen, *(arguments or ("--exclude-resource-type", "unit_test"))]

    def _run(self, name: str, arguments: list[str], log_level: str = "none") -> Run:
        command = [
            *DBT,
            *("--no-use-colors", "--log-format-file", "json", "--log-level-file", log_level),
            *("--log-file-max-bytes", "0"),
            *arguments,
            *("--project-dir", str(PROJECT), "--profiles-dir", str(self.folder)),
            *("--target-path", str(self.target), "--log-path", str(self.folder / "logs")),
            *("--vars", json.dumps(self.variables)),
        ]
        (self.target / "run_results.json").unlink(missing_ok=True)
        return run_measured(
            name, command, PROJECT, self.settings.spill, self.folder / f"{name}.log"
        )

    def _write_profile(self) -> None:
        """The shipped profile with the benchmark's settings."""
        shipped = (PROJECT / "profiles.example.yml").read_text(encoding="utf-8")
        profile = yaml.safe_load(shipped)
        target = profile[PROFILE]["outputs"]["dev"]
        settings = target.setdefault("settings", {})
        target |= {"path": str(self.file), "threads": self.settings.threads}
        settings["threads"] = self.settings.threads
        # Not under settings, which are set again by each connection: once in use it cannot change.
        target["config_options"] = {"temp_directory": str(self.settings.spill)}
        if self.settings.memory_limit:
            settings["memory_limit"] = self.settings.memory_limit
        text = yaml.safe_dump(profile, sort_keys=False)
        (self.folder / "profiles.yml").write_text(text, encoding="utf-8")
