"""scripts/mutate: change the SQL of the KPI models, one slip at a time, and see who notices.

A change is noticed when the build would fail on it: the model no longer runs or breaks its
contract, a golden total of the demo company (cells and sum of every part and variant by dimension)
differs, or a unit test of the model sees other rows. What is noticed by none and is no mistake
stands, with the reason, in tests/equivalent_mutations.csv; anything else fails the command.
"""

from __future__ import annotations

import csv
import hashlib
import resource
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click
import duckdb
from dbt_common.exceptions import DbtBaseException
from jinja2 import TemplateError
from rich.markup import escape

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.mutable_project import MutableProject
from commerce_kpis.mutations import Mutation, mutations
from commerce_kpis.profile import build_file
from commerce_kpis.project import PROJECT

EQUIVALENT = PROJECT / "tests" / "equivalent_mutations.csv"
# As the golden test does.
ABSOLUTE, RELATIVE = 0.001, 1e-9
SUMMED = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL")
# A model that takes longer than this, or more memory than it is given, is broken.
SECONDS = 60
MEMORY = 8 * 2**30
BROKEN = (duckdb.Error, DbtBaseException, TemplateError, MemoryError)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("models", nargs=-1)
@click.option(
    "--sample",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of the mutations to try, always the same ones.",
)
def main(models: tuple[str, ...], sample: float) -> None:
    """Try the mutations of MODELS, by default of every KPI model, on the last build of the demo
    company; exit 1 if one that is not known to be equivalent goes unnoticed."""
    console = make_console()
    file = build_file()
    if file is None or not file.is_file():
        raise UserError(f"There is no build file {file or ''}: run scripts/build first.")
    project = MutableProject()
    if unknown := sorted(set(models) - set(project.kpi_models)):
        raise UserError(f"No KPI model: {', '.join(unknown)}.")
    _refuse_stale_equivalents(project)
    counts: Counter[str] = Counter()
    # A copy, so that dbt may open the build file meanwhile.
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(file, Path(folder) / file.name)
        work = [(model, copy, sample) for model in sorted(models or project.kpi_models)]
        # Forked, so that the project is read once.
        with ProcessPoolExecutor(
            mp_context=get_context("fork"), initializer=_start, initargs=(project, copy)
        ) as pool:
            for model, results in pool.map(_judge_model, work):
                for mutation, result in results:
                    counts[result] += 1
                    if result == "unnoticed":
                        console.print(
                            f"[bold red]unnoticed[/] {model}.sql:{mutation.number}: "
                            f"{escape(mutation.change)}\n    {escape(mutation.line)}"
                        )
    console.print(
        f"{counts.total()} mutations: {counts['broken']} break the model, "
        f"{counts['totals']} change golden totals, {counts['unit tests']} fail unit tests, "
        f"{counts['equivalent']} are equivalent, {counts['unnoticed']} go unnoticed."
    )
    if counts["unnoticed"]:
        sys.exit(1)


def _start(project: MutableProject, file: Path) -> None:
    """Give a worker the project that its parent has read, and a build file of its own."""
    global _project
    _project = project
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    project.use_file(shutil.copyfile(file, Path(tempfile.mkdtemp(dir=file.parent)) / file.name))


def _judge_model(work: tuple[str, Path, float]) -> tuple[str, list[tuple[Mutation, str]]]:
    """A model and what became of each of its mutations."""
    model, file, sample = work
    equivalent = _equivalent()
    results = []
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        # A condition that is gone can join all with all.
        connection.execute("set memory_limit = '2GB'; set temp_directory = ''")
        bench = _Bench(_project, connection, model)
        for mutation in bench.mutations(sample):
            known = (model, mutation.line, mutation.change) in equivalent
            results.append((mutation, "equivalent" if known else bench.judge(mutation)))
    return model, results


class _Bench:
    """A model with what it gives when nothing is changed."""

    def __init__(
        self, project: MutableProject, connection: duckdb.DuckDBPyConnection, model: str
    ) -> None:
        self.project, self.connection, self.model = project, connection, model
        self.raw = project.raw_sql(model)
        self.totals = self._totals(self.raw)
        self.unit_tests = {test: self._rows(test, self.raw) for test in project.unit_tests(model)}

    def mutations(self, sample: float) -> Iterator[Mutation]:
        """The mutations in the sample: chosen by their text, so that each run tries the same."""
        for mutation in mutations(self.raw, self.project.neighbours(self.model)):
            text = "|".join((self.model, mutation.line, mutation.change))
            digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
            if int.from_bytes(digest[:4], "big") < sample * 2**32:
                yield mutation

    def judge(self, mutation: Mutation) -> str:
        """Who notices: broken, totals, unit tests, or nobody (unnoticed)."""
        alarm = threading.Timer(SECONDS, self.connection.interrupt)
        alarm.start()
        try:
            if _differ(self.totals, self._totals(mutation.sql)):
                return "totals"
            if self._fails_unit_tests(mutation.sql):
                return "unit tests"
        except BROKEN:
            return "broken"
        finally:
            alarm.cancel()
        return "unnoticed"

    def _totals(self, raw: str) -> list[tuple]:
        """The columns of the table, then cells and sum of each number by dimension."""
        sql = self.project.compiled(self.model, raw)
        self.connection.execute(f"create or replace temp table cells as {sql}")
        columns = [row[:2] for row in self.connection.execute("describe cells").fetchall()]
        numbers = [name for name, kind in columns if kind.startswith(SUMMED)]
        sums = ", ".join(f"count({name}), cast(sum({name}) as double)" for name in numbers)
        rows = self.connection.execute(
            "select dimension, count(*), count(distinct dimension_value), "
            "max(period_grain), sum(period_end - period_start), count(distinct period_start), "
            "count(*) filter (where is_mature), count(*) filter (where is_complete_period), "
            f"{sums} from cells group by dimension order by dimension"
        ).fetchall()
        return [*columns, *rows]

    def _fails_unit_tests(self, raw: str) -> bool:
        """Whether a unit test sees other rows than it does now."""
        return any(_differ(rows, self._rows(test, raw)) for test, rows in self.unit_tests.items())

    def _rows(self, test: str, raw: str) -> list[tuple]:
        sql = self.project.compiled_unit_test(test, raw)
        return self.connection.execute(sql).fetchall()


def _differ(before: list[tuple], after: list[tuple]) -> bool:
    """Whether two lists of rows are told apart."""
    if len(before) != len(after):
        return True
    return any(
        old != new and not _is_close(old, new)
        for old_row, new_row in zip(before, after, strict=True)
        for old, new in zip(old_row, new_row, strict=False)
    )


def _is_close(old: object, new: object) -> bool:
    if not (isinstance(old, float) and isinstance(new, float)):
        return False
    return abs(old - new) <= ABSOLUTE + RELATIVE * abs(old)


def _refuse_stale_equivalents(project: MutableProject) -> None:
    """What is listed as equivalent must still be a change of its model."""
    known = _equivalent()
    for model in sorted({model for model, _, _ in known}):
        if model not in project.kpi_models:
            raise UserError(f"{EQUIVALENT} names {model}, which is no KPI model: remove its rows.")
        changes = {
            (model, mutation.line, mutation.change)
            for mutation in mutations(project.raw_sql(model), project.neighbours(model))
        }
        for _, line, change in sorted(row for row in known if row[0] == model):
            if (model, line, change) not in changes:
                raise UserError(
                    f"{EQUIVALENT} lists {model}: {change} in `{line}`, "
                    "which is no change of that model any more: remove the row."
                )


def _equivalent() -> set[tuple[str, str, str]]:
    """Model, line and change of the mutations known to change nothing."""
    if not EQUIVALENT.exists():
        return set()
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["line"], row["change"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    run_command(main, "scripts/mutate")
