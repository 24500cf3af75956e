"""scripts/benchmark: how fast the project builds, beside hand-written SQL for the same numbers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.locks import locked
from commerce_kpis.project import PROJECT, warehouse_folder
from commerce_kpis.publish import publish
from rich.console import Console

from benchmarking.bi_query import measure_waits
from benchmarking.data_folder import data_folder, generate, scale_of
from benchmarking.dbt_figures import Figures, floor_figures
from benchmarking.dbt_runs import WITH_TESTS, WITHOUT_TESTS, Builds, Settings
from benchmarking.floor_check import compare
from benchmarking.history import append_history, machine, read_history
from benchmarking.measure import Run, run_measured
from benchmarking.picture import draw
from benchmarking.report import print_report
from benchmarking.results import (
    BUILD,
    FLOOR,
    NEXT_DAY,
    PARSE,
    TESTED,
    WHOLE,
    Benchmark,
    Measured,
)
from benchmarking.same_tables import different_tables

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--scale", type=click.FloatRange(0.01, 100), help="Size of the data to generate.")
@click.option("--data", type=FOLDER, help="Folder of the data; generated if it is not there.")
@click.option("--rounds", type=click.IntRange(1), default=1, help="Times to run each; the median.")
@click.option("--memory-limit", help="Of the engine, as DuckDB writes it: 4GB.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--temp", type=FOLDER, help="Folder that the engine spills to.")
@click.option("--with-tests/--without-tests", default=True, help="Build with all data tests too.")
@click.option("--days", type=click.IntRange(1), help="Then append so many days and build again.")
@click.option("--overhead/--no-overhead", default=True, help="Measure dbt's part of a demo build.")
@click.option("--select", help="Build these models only, as dbt selects; compares nothing.")
@click.option("--history", type=FILE, help="File of JSON lines to go on with.")
@click.option("--out", type=FOLDER, help="Folder for the report and the files that are built.")
def main(
    scale: float | None,
    data: Path | None,
    rounds: int,
    memory_limit: str | None,
    threads: int,
    temp: Path | None,
    with_tests: bool,
    days: int | None,
    overhead: bool,
    select: str | None,
    history: Path | None,
    out: Path | None,
) -> None:
    """Build the project at a scale, measure it beside hand-written SQL, report and remember.

    Runs, each in a process of its own: the floor, `dbt build` without tests, with all data tests,
    and, with --days, the build of further days, compared with one of all days made whole. The exit
    code is 1 if one of them failed; bars that are not met change nothing.
    """
    if scale is None and data is None:
        raise UserError("Say how much data: --scale 1, or --data with a folder of raw tables.")
    console = make_console()
    out = (out or warehouse_folder() / "benchmark").absolute()
    out.mkdir(parents=True, exist_ok=True)
    history = (history or warehouse_folder() / "benchmark_history.jsonl").absolute()
    earlier = read_history(history)
    settings = Settings(out, threads, memory_limit, temp.absolute() if temp else None, select)
    with locked([out], command="scripts/benchmark"):
        folder = data_folder(scale, data, out, days, console)
        benchmark = Benchmark(
            scale_of(folder), settings.comparable, machine(), load_before=os.getloadavg()[0]
        )
        with _noted(benchmark):
            runs = Runs(benchmark, settings, folder, console)
            runs.build(rounds, with_tests)
            runs.look_at_the_files()
            if days:
                runs.next_days(days)
            if overhead:
                runs.demo()
        print_report(benchmark, benchmark.bars(earlier), console)
        found = benchmark.as_dict(earlier)
        (out / "benchmark.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        (out / "benchmark.svg").write_text(draw(benchmark), encoding="utf-8")
        append_history(history, found)
    console.print(f"\nReport in {out}, history in {history}.", markup=False)
    if not benchmark.is_good:
        sys.exit(1)


@contextmanager
def _noted(benchmark: Benchmark) -> Iterator[None]:
    """Keep what goes wrong as a problem, so that nothing measured until then is lost."""
    try:
        yield
    except UserError as error:
        benchmark.problems.append(str(error))


class Runs:
    """What is run for a benchmark, one after another."""

    def __init__(
        self, benchmark: Benchmark, settings: Settings, data: Path, console: Console
    ) -> None:
        self.benchmark = benchmark
        self.settings = settings
        self.data = data
        self.console = console
        # What is generated only grows, so a build of further days reads what is new.
        self.variables = {
            "landing": "files",
            "landing_path": str(data),
            "append_or_update": "all",
        }
        self.builds = Builds(settings, "build", self.variables)
        self.floor_file = settings.work / "floor" / "floor.duckdb"

    def build(self, rounds: int, with_tests: bool) -> None:
        """The floor, and builds into a new file; a selection has no floor."""
        self._keep(PARSE, self.builds.parse())
        for _ in range(rounds):
            if not self.settings.select:
                self._keep(FLOOR, *self._floor(), self.floor_file)
            for name, arguments in {BUILD: WITHOUT_TESTS, TESTED: WITH_TESTS}.items():
                if name == BUILD or with_tests:
                    self.builds.forget()
                    self._keep(name, *self.builds.build(name, *arguments), self.builds.file)

    def look_at_the_files(self) -> None:
        """Whether floor and build agree, and how long BI waits for what is published."""
        if self.benchmark.ratio(BUILD, FLOOR):
            agreement = compare(self.floor_file, self.builds.file)
            self.benchmark.agreement = str(agreement)
            self.benchmark.is_agreed = not agreement.differences
            if agreement.differences:
                self.benchmark.problems.append("the floor and the build differ: see above")
        if not self.settings.select and self.benchmark.seconds(TESTED):
            published = self.settings.work / "kpis.duckdb"
            published.unlink(missing_ok=True)
            publish(self.builds.file, published)
            self.benchmark.waits = measure_waits(published, self.builds.file)

    def next_days(self, days: int) -> None:
        """A build into the file that is there, after further days of data, and one made whole."""
        generate("--days", days, "--out", self.data)
        self._keep(NEXT_DAY, *self.builds.build(NEXT_DAY, *WITHOUT_TESTS), self.builds.file)
        whole = Builds(self.settings, "whole", self.variables)
        whole.forget()
        self._keep(WHOLE, *whole.build(WHOLE, *WITHOUT_TESTS), whole.file)
        if self.benchmark.seconds(NEXT_DAY) and self.benchmark.seconds(WHOLE):
            self.benchmark.problems.extend(
                f"after {days} days the build differs from one made whole: {line}"
                for line in different_tables(self.builds.file, whole.file)
            )

    def demo(self) -> None:
        """A build of the demo company, of which dbt's part is measured."""
        run, milliseconds = Builds(self.settings, "demo", {"landing": "seeds"}).overhead_per_node()
        if run.is_good:
            self.benchmark.overhead_ms = milliseconds
        else:
            self.benchmark.problems.append(f"build of the demo company:\n{run.last_lines}")

    def _floor(self) -> tuple[Run, Figures]:
        self.floor_file.parent.mkdir(exist_ok=True)
        spill, log = self.settings.spill, self.floor_file.parent / "floor.log"
        command = [
            *(sys.executable, "-m", "benchmarking.floor_run", "--data", str(self.data)),
            *("--file", str(self.floor_file), "--threads", str(self.settings.threads)),
            *("--temp", str(spill)),
        ]
        if self.settings.memory_limit:
            command += ["--memory-limit", self.settings.memory_limit]
        scripts = str(PROJECT / "scripts")
        run = run_measured(FLOOR, command, PROJECT, spill, log, PYTHONPATH=scripts)
        return run, floor_figures(log)

    def _keep(
        self, name: str, run: Run, figures: Figures | None = None, file: Path | None = None
    ) -> None:
        """Add a round to what was measured, and say so."""
        measured = self.benchmark.measured.setdefault(name, Measured(name))
        measured.runs.append(run)
        if measured.median is run or not measured.is_good:
            measured.figures = figures
            measured.file_bytes = file.stat().st_size if file and file.exists() else 0
        if run.is_good and (figures is None or figures.is_good):
            self.console.print(f"{name:<16} {run.wall_seconds:>10,.1f} s")
            return
        passed = f", {figures.passed} of {figures.nodes} nodes passed" if figures else ""
        self.console.print(f"{name:<16} [bold red]FAILED[/]")
        self.benchmark.problems.append(
            f"{name}: exit code {run.return_code}{passed}\n{run.last_lines}"
        )


if __name__ == "__main__":
    run_command(main, "scripts/benchmark")
