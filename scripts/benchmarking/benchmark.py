"""scripts/benchmark: how fast the project builds, beside hand-written SQL for the same numbers."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import click
from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.locks import locked
from commerce_kpis.project import PROJECT, warehouse_folder
from commerce_kpis.publish import publish
from rich.console import Console

from benchmarking.bi_query import measure_waits
from benchmarking.dbt_figures import Figures, floor_figures
from benchmarking.dbt_runs import WITH_TESTS, WITHOUT_TESTS, Builds, Settings
from benchmarking.floor_check import compare
from benchmarking.measure import Run, run_measured
from benchmarking.picture import draw
from benchmarking.report import print_report
from benchmarking.results import BUILD, FLOOR, NEXT_DAY, PARSE, TESTED, Benchmark, Measured

FILES = click.Path(file_okay=False, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--scale", type=click.FloatRange(0.01, 100), help="Size of the data to generate.")
@click.option("--data", type=FILES, help="Folder of the data; generated if it is not there.")
@click.option("--rounds", type=click.IntRange(1), default=1, help="Times to run each; the median.")
@click.option("--memory-limit", help="Of the engine, as DuckDB writes it: 4GB.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--temp", type=FILES, help="Folder that the engine spills to.")
@click.option("--with-tests/--without-tests", default=True, help="Build with all data tests too.")
@click.option("--days", type=click.IntRange(1), help="Then append so many days and build again.")
@click.option("--overhead/--no-overhead", default=True, help="Measure dbt's part of a demo build.")
@click.option("--select", help="Build these models only, as dbt selects; compares nothing.")
@click.option("--history", type=click.Path(path_type=Path), help="JSON lines to go on with.")
@click.option("--out", type=FILES, help="Folder for the report and the files that are built.")
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
    and, with --days, the build of further days. The exit code is 1 if one of them failed; bars that
    are not met change nothing.
    """
    if scale is None and data is None:
        raise UserError("Say how much data: --scale 1, or --data with a folder of raw tables.")
    console = make_console()
    out = (out or warehouse_folder() / "benchmark").absolute()
    out.mkdir(parents=True, exist_ok=True)
    history = (history or warehouse_folder() / "benchmark_history.jsonl").absolute()
    earlier = _history(history)
    settings = Settings(out, threads, memory_limit, temp.absolute() if temp else None, select)
    with locked([out], command="scripts/benchmark"):
        folder = _data(scale, data, out, days, console)
        benchmark = Benchmark(_scale(folder), _settings(settings), _machine())
        _run_all(benchmark, settings, folder, rounds, with_tests, days, overhead, console)
        _write(benchmark, out, history, earlier, console)
    if not benchmark.is_good:
        sys.exit(1)


def _run_all(
    benchmark: Benchmark,
    settings: Settings,
    data: Path,
    rounds: int,
    with_tests: bool,
    days: int | None,
    overhead: bool,
    console: Console,
) -> None:
    """Make every run in turn and keep what it took."""
    builds = Builds(settings, "build", {"landing": "files", "landing_path": str(data)})
    floor_file = settings.work / "floor" / "floor.duckdb"
    _keep(benchmark, PARSE, builds.parse(), None, console)
    for _ in range(rounds):
        if not settings.select:
            run, figures = _floor(settings, data, floor_file)
            _keep(benchmark, FLOOR, run, floor_file, console, figures)
        for name, arguments in {BUILD: WITHOUT_TESTS, TESTED: WITH_TESTS}.items():
            if name == TESTED and not with_tests:
                continue
            builds.forget()
            run, figures = builds.build(name, *arguments)
            _keep(benchmark, name, run, builds.file, console, figures)
    if benchmark.ratio(BUILD, FLOOR):
        agreement = compare(floor_file, builds.file)
        benchmark.agreement = str(agreement)
        benchmark.is_agreed = not agreement.differences
        if agreement.differences:
            benchmark.problems.append("the floor and the build do not agree: see above")
    if not settings.select and with_tests and benchmark.measured[TESTED].is_good:
        published = settings.work / "kpis.duckdb"
        published.unlink(missing_ok=True)
        publish(builds.file, published)
        benchmark.waits = measure_waits(published, builds.file)
    if days:
        _generate(["--days", str(days), "--out", str(data)])
        run, figures = builds.build(NEXT_DAY, *WITHOUT_TESTS)
        _keep(benchmark, NEXT_DAY, run, builds.file, console, figures)
    if overhead:
        run, milliseconds = Builds(settings, "demo", {"landing": "seeds"}).overhead_per_node()
        if run.is_good:
            benchmark.overhead_ms = milliseconds
        else:
            benchmark.problems.append(f"build of the demo company:\n{run.last_lines}")


def _floor(settings: Settings, data: Path, file: Path) -> tuple[Run, Figures]:
    """The floor in a process of its own."""
    file.parent.mkdir(exist_ok=True)
    command = [
        *(sys.executable, "-m", "benchmarking.floor_run", "--data", str(data)),
        *("--file", str(file), "--threads", str(settings.threads), "--temp", str(settings.spill)),
    ]
    if settings.memory_limit:
        command += ["--memory-limit", settings.memory_limit]
    scripts = str(PROJECT / "scripts")
    log = file.parent / "floor.log"
    run = run_measured(FLOOR, command, PROJECT, settings.spill, log, PYTHONPATH=scripts)
    return run, floor_figures(log)


def _keep(
    benchmark: Benchmark,
    name: str,
    run: Run,
    file: Path | None,
    console: Console,
    figures: Figures | None = None,
) -> None:
    """Add a round to what was measured, and say so."""
    measured = benchmark.measured.setdefault(name, Measured(name))
    measured.runs.append(run)
    if measured.median is run or not measured.is_good:
        measured.figures = figures
        measured.file_bytes = file.stat().st_size if file and file.exists() else 0
    if run.is_good and (figures is None or figures.is_good):
        console.print(f"{name:<16} {run.wall_seconds:>10,.1f} s")
        return
    passed = f", {figures.passed} of {figures.nodes} nodes passed" if figures else ""
    console.print(f"{name:<16} [bold red]FAILED[/]")
    benchmark.problems.append(f"{name}: exit code {run.return_code}{passed}\n{run.last_lines}")


def _data(
    scale: float | None, data: Path | None, out: Path, days: int | None, console: Console
) -> Path:
    """The folder of the raw tables; where days are appended, a copy."""
    folder = (data or out / f"data_{scale:g}").absolute()
    if not folder.is_dir():
        if scale is None:
            raise UserError(f"There is no folder {folder}: name the one of the raw tables.")
        console.print(f"Generating data of scale {scale:g} in {folder} ...")
        _generate(["--scale", f"{scale:g}", "--out", str(folder)])
    if not days:
        return folder
    copy = out / "data_with_days"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return copy


def _scale(folder: Path) -> float | None:
    """The scale that raw tables were generated at; None of tables of other origin."""
    generated = folder / "_generated.json"
    return (
        json.loads(generated.read_text(encoding="utf-8"))["scale"] if generated.exists() else None
    )


def _generate(arguments: list[str]) -> None:
    """scripts/generate_data."""
    done = subprocess.run(
        [sys.executable, "-m", "demo_company", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"scripts/generate_data {' '.join(arguments)} failed: {lines[-1]}")


def _settings(settings: Settings) -> dict:
    """What a run can be compared by."""
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "select": settings.select,
    }


def _machine() -> dict:
    """The machine and the versions that a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 1024**3),
        "system": platform.system(),
        **{name: importlib.metadata.version(name) for name in ("duckdb", "dbt-core", "dbt-duckdb")},
    }


def _write(
    benchmark: Benchmark, out: Path, history: Path, earlier: list[dict], console: Console
) -> None:
    """Print the report, write it as JSON and as a picture, and go on with the history."""
    print_report(benchmark, benchmark.bars(earlier), console)
    found = benchmark.as_dict(earlier)
    (out / "benchmark.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (out / "benchmark.svg").write_text(draw(benchmark), encoding="utf-8")
    line = {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": _commit(),
        **{name: value for name, value in found.items() if name != "runs"},
    }
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
    console.print(f"\nReport in {out}, history in {history}.", markup=False)


def _history(file: Path) -> list[dict]:
    """The lines of earlier benchmarks."""
    if not file.exists():
        return []
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except ValueError:
        raise UserError(f"{file} is no history of benchmarks: name another file.") from None


def _commit() -> str | None:
    """The commit that was measured, if the project is a git repository."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


if __name__ == "__main__":
    run_command(main, "scripts/benchmark")
