"""scripts/test: every check of the project, with a summary.

Everything is built and written below target/checks/, never into the user's own files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.locks import locked
from commerce_kpis.project import PROJECT

SCRATCH = PROJECT / "target" / "checks"
LINES_SHOWN = 60
PROCESSORS = str(os.cpu_count() or 1)
# Random businesses are compiled once for all that draw them.
BUSINESSES = SCRATCH / "businesses"
SOURCES = ("scripts", "tests", "tests/python")


@dataclass(frozen=True)
class Step:
    """A check: a command line for this Python, and how much it tries at its end.

    `is_live` prints while it runs; `is_beside` runs beside the build, which it does
    not need and which keeps one processor busy; `has_markers` lets tests be left out
    by their markers.
    """

    name: str
    arguments: tuple[str, ...]
    is_live: bool = False
    is_beside: bool = False
    has_markers: bool = False
    tried: tuple[str, ...] = ()
    tried_if_thorough: tuple[str, ...] = ()

    def command(self, is_thorough: bool, left_out: tuple[str, ...]) -> list[str]:
        tried = self.tried_if_thorough if is_thorough else self.tried
        markers = left_out if is_thorough else ("thorough", *left_out)
        if self.has_markers and markers:
            tried = ("-m", " and ".join(f"not {marker}" for marker in markers))
        return [sys.executable, *self.arguments, *tried]


STEPS = (
    Step("generated macros", ("-m", "commerce_kpis.generate_macros", "--check")),
    Step("generated docs", ("-m", "commerce_kpis.generate_docs", "--check")),
    Step("YAML keys", ("-m", "commerce_kpis.check_yaml")),
    Step("one SQL", ("-m", "commerce_kpis.check_sql")),
    Step("worked examples", ("-m", "commerce_kpis.check_examples", "--gaps")),
    Step("ruff check", ("-m", "ruff", "check", ".")),
    Step("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Step(
        "build",
        (
            *("-m", "commerce_kpis.build", "--unit-tests"),
            *("--out", str(SCRATCH / "warehouse" / "kpis.duckdb")),
        ),
        is_live=True,
    ),
    # What dbt read for the build is read again in no time.
    Step("graph", ("-m", "commerce_kpis.check_graph")),
    Step(
        "sqlfluff",
        (
            *("-m", "sqlfluff", "lint", "models", "tests", "analyses/questions"),
            *("--disable-progress-bar", "--nocolor"),
            *("--processes", PROCESSORS),
        ),
        is_beside=True,
    ),
    Step(
        "second calculation",
        ("-m", "oracle.verify", "--compiled", str(BUSINESSES)),
        is_beside=True,
        tried=("--businesses", "8", "--relations", "1", "--corruptions", "300"),
        tried_if_thorough=("--businesses", "200", "--relations", "5", "--corruptions", "1000"),
    ),
    Step(
        "mutations",
        ("-m", "commerce_kpis.mutate", "--compiled", str(BUSINESSES)),
        tried=("--sample", "0.001", "--kpi-sample", "0.008"),
        tried_if_thorough=("--sample", "0.03", "--kpi-sample", "0.2"),
    ),
    Step(
        "pytest",
        (
            *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
            # Tests of a file share what they build, so a file is not torn apart.
            *("-n", PROCESSORS, "--dist", "loadfile", "--no-loadscope-reorder"),
        ),
        has_markers=True,
    ),
)
# What tests need that not every machine has: their markers.
TARGETS = ("lake", "spark")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only",
    "chosen",
    multiple=True,
    type=click.Choice([step.name for step in STEPS]),
    help="Run this step only; may be given several times.",
)
@click.option(
    "--thorough",
    "is_thorough",
    is_flag=True,
    help="Try much more: further whole builds, many more random businesses and slips. Some hours.",
)
@click.option(
    "--without",
    "left_out",
    multiple=True,
    type=click.Choice(TARGETS),
    help="Leave out the tests of this target; not on a CI machine. May be given twice.",
)
def main(chosen: tuple[str, ...], is_thorough: bool, left_out: tuple[str, ...]) -> None:
    """Run every check of the project; the exit code is 0 only if all passed."""
    if left_out and os.environ.get("CI"):
        raise UserError("--without is for a machine of one's own: where CI is set, all is tried.")
    console = make_console()
    steps = [step for step in STEPS if not chosen or step.name in chosen]
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with locked([SCRATCH], command="scripts/test"):
        environment = _prepare()

        def run(step: Step) -> tuple[str, float]:
            return _run(step, step.command(is_thorough, left_out), environment, console)

        results = _run_all(steps, run)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("step")
    table.add_column("result")
    table.add_column("seconds", justify="right")
    for name, result, seconds in results:
        colour = "green" if result == "passed" else "bold red"
        table.add_row(name, f"[{colour}]{result}[/]", f"{seconds:.1f}")
    console.print()
    console.print(table)
    if any(result == "FAILED" for _, result, _ in results):
        sys.exit(1)


def _prepare() -> dict[str, str]:
    """Empty the folder of the last run; the environment of the steps."""
    for path in SCRATCH.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    for name in ("profiles", "warehouse", "target", "logs"):
        (SCRATCH / name).mkdir()
    shutil.copyfile(PROJECT / "profiles.example.yml", SCRATCH / "profiles" / "profiles.yml")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(PROJECT / name) for name in SOURCES),
        "DBT_PROFILES_DIR": str(SCRATCH / "profiles"),
        "DBT_TARGET_PATH": str(SCRATCH / "target"),
        "DBT_LOG_PATH": str(SCRATCH / "logs"),
        "KPI_BUILD_FILE": str(SCRATCH / "warehouse" / "build.duckdb"),
        "KPI_BUSINESSES": str(BUSINESSES),
    }


def _run_all(
    steps: list[Step], run: Callable[[Step], tuple[str, float]]
) -> list[tuple[str, str, float]]:
    """Run steps, some of them beside the build; the name, result and seconds of each."""
    results: dict[str, tuple[str, float]] = {}
    pool = ThreadPoolExecutor(1)
    try:
        for step in steps:
            beside = {}
            if step.name == "build":
                beside = {one.name: pool.submit(run, one) for one in steps if one.is_beside}
            if step.name not in results:
                results[step.name] = run(step)
            results |= {name: running.result() for name, running in beside.items()}
    finally:
        # Who interrupts the build does not wait for what has not begun.
        pool.shutdown(cancel_futures=True)
    return [(step.name, *results[step.name]) for step in steps]


def _run(
    step: Step, command: list[str], environment: dict[str, str], console: Console
) -> tuple[str, float]:
    """Run a step; its result and seconds. What it printed is shown if it failed."""
    console.print(f"[bold]{step.name}[/] ...")
    started = time.monotonic()
    if step.is_live:
        code = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
        return _result(code), time.monotonic() - started
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.monotonic() - started
    if done.returncode != 0:
        log = SCRATCH / "logs" / f"{step.name.replace(' ', '_')}.log"
        log.write_text(done.stdout, encoding="utf-8")
        lines = done.stdout.rstrip().splitlines()
        if len(lines) > LINES_SHOWN:
            console.print(f"... {len(lines) - LINES_SHOWN} lines before in {escape(str(log))}")
        console.print(escape("\n".join(lines[-LINES_SHOWN:])))
    elif step.name == "pytest":
        console.print(escape(done.stdout.rstrip().splitlines()[-1]))
    return _result(done.returncode), seconds


def _result(code: int) -> str:
    return "passed" if code == 0 else "FAILED"


if __name__ == "__main__":
    run_command(main, "scripts/test")
