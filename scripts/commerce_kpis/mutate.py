"""scripts/mutate: change the SQL of the project, one slip at a time, and see who notices.

A change is noticed when the build would fail on it: a model no longer runs or breaks its contract,
a unit test sees other rows, a golden total of the demo company (cells and sum of every part and
variant by dimension) differs, or a data test fails; or when scripts/verify would: cells of random
businesses differ. What is noticed by none and is no mistake stands, with the reason, in
tests/equivalent_mutations.csv; the command fails if too many others go unnoticed.
"""

from __future__ import annotations

import csv
import gc
import os
import resource
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click
from oracle.rebuilt import BUSINESSES, RebuiltBusiness, build_right
from oracle.workshop import compiled
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.mutable_project import MutableProject
from commerce_kpis.mutants import ROOMS, Mutant, mutants, subjects
from commerce_kpis.mutation_bench import NOTICED, UNNOTICED, UNREAD, Bench
from commerce_kpis.profile import build_file
from commerce_kpis.project import PROJECT
from commerce_kpis.rebuilt_demo import RebuiltDemo, roll_up

EQUIVALENT = PROJECT / "tests" / "equivalent_mutations.csv"
# Share of the mutations of these rooms that must be noticed; of KPI tables every one must.
BAR = 0.95
KPIS = "kpis"
WATCHED = ("staging", "intermediate", "core", KPIS)
MEMORY = 8 * 2**30
# Mutants that a process judges before it asks for more.
CHUNK = 20
RESULTS = (*NOTICED, "equivalent", UNREAD, UNNOTICED)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1)
@click.option(
    "--sample",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of the mutations to try, always the same ones.",
)
@click.option(
    "--kpi-sample",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="The same for those of KPI models, if it is more.",
)
@click.option(
    "--compiled",
    "kept",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps what dbt compiles for random businesses, until the code changes.",
)
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all processors",
)
def main(
    names: tuple[str, ...], sample: float, kpi_sample: float, kept: Path | None, processes: int
) -> None:
    """Try the mutations of NAMES (models, files of macros, or rooms: staging, intermediate, core,
    kpis, plans, trust, macros), by default of all, on the last build of the demo company and on
    random businesses; exit 1 if one of a KPI table goes unnoticed, or more than 5 % of those of all
    models up to them."""
    console = make_console()
    file = build_file()
    if file is None or not file.is_file():
        raise UserError(f"There is no build file {file or ''}: run scripts/build first.")
    project = MutableProject()
    rooms = subjects(project)
    if unknown := sorted(set(names) - set(rooms) - set(ROOMS)):
        raise UserError(f"No model, file of macros or room: {', '.join(unknown)}.")
    _refuse_stale_equivalents(project, rooms)
    chosen = [name for name, room in rooms.items() if not names or {name, room} & set(names)]
    tried = [
        mutant
        for name in sorted(chosen)
        for mutant in mutants(project, name)
        if mutant.is_in(sample) or (rooms[name] == KPIS and mutant.is_in(kpi_sample))
    ]
    kpi_tables = {model.name for model in kpi_models()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    # Of the watched rooms together, as if no more of KPI models were tried than of others.
    even: Counter[str] = Counter()
    is_missed = False
    with tempfile.TemporaryDirectory() as scratch:
        # A copy, so that dbt may open the build file meanwhile.
        demo = shutil.copyfile(file, Path(scratch) / file.name)
        project.use_file(demo)
        project.compile_demo()
        roll_up(project, demo)
        right = _build_businesses(project, kept or Path(scratch), processes)
        work = [tried[start : start + CHUNK] for start in range(0, len(tried), CHUNK)]
        # Forked, so that the project is read once; and garbage is not looked for in it again.
        gc.freeze()
        with ProcessPoolExecutor(
            processes,
            mp_context=get_context("fork"),
            initializer=_start,
            initargs=(project, demo, kept or Path(scratch), right),
        ) as pool:
            for judged in pool.map(_judge, work):
                for mutant, result in judged:
                    room = rooms[mutant.subject]
                    counts[room][result] += 1
                    if room in WATCHED and mutant.is_in(sample):
                        even[result] += 1
                    if result == UNNOTICED:
                        is_missed |= mutant.subject in kpi_tables
                        _print_unnoticed(mutant, console)
    console.print()
    console.print(_report(counts, even))
    if is_missed or not are_noticed(even, counts[KPIS]):
        sys.exit(1)


def are_noticed(*counts: Counter[str]) -> bool:
    """Whether of each of these as many are noticed as have to be."""
    return all(share is None or share >= BAR for share in map(score, counts))


def score(counts: Counter[str]) -> float | None:
    """Share of the mutations that somebody notices, of those that change anything."""
    noticed = sum(counts[result] for result in NOTICED)
    return noticed / (noticed + counts[UNNOTICED]) if noticed + counts[UNNOTICED] else None


def _print_unnoticed(mutant: Mutant, console: Console) -> None:
    mutation = mutant.mutation
    console.print(
        f"[bold red]unnoticed[/] {mutant.subject}.sql:{mutation.number}: "
        f"{escape(mutation.change)}\n    {escape(mutation.line)}"
    )


def _report(counts: dict[str, Counter[str]], even: Counter[str]) -> Table:
    """A line per room, and one for those that are watched."""
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("room")
    for name in ("tried", *RESULTS, "score", "unbroken"):
        table.add_column(name, justify="right")
    rows = [(room, counts[room]) for room in ROOMS if counts[room]]
    for room, ours in [*rows, ("all watched", even)]:
        shares = score(ours), score(ours - Counter(broken=ours["broken"]))
        table.add_row(
            room,
            f"{ours.total():,}",
            *(f"{ours[result]:,}" for result in RESULTS),
            *("" if share is None else f"{share:.1%}" for share in shares),
        )
    return table


def _build_businesses(project: MutableProject, folder: Path, processes: int) -> dict[str, Path]:
    """The random businesses as the project builds them, and how it compiles for them."""
    shapes = {shape.name: shape for shape, _ in BUSINESSES.values()}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(compiled, shapes.values(), [folder] * len(shapes)))
        files = pool.map(build_right, BUSINESSES, [folder] * len(BUSINESSES))
        # Meanwhile, in this process.
        for shape in shapes.values():
            project.add_setting(shape.name, {**shape.variables, "landing": "files"})
        return dict(zip(BUSINESSES, files, strict=True))


def _start(project: MutableProject, demo: Path, folder: Path, right: dict[str, Path]) -> None:
    """Give a worker the project that its parent has read, and build files of its own."""
    global _bench
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    ours = Path(tempfile.mkdtemp(dir=demo.parent))
    # One file to compile against, which dbt locks, and one to build in.
    for name in ("compiled", "built"):
        (ours / name).mkdir()
        shutil.copyfile(demo, ours / name / demo.name)
    project.use_file(ours / "compiled" / demo.name)
    businesses = [
        RebuiltBusiness(
            name,
            folder,
            shutil.copyfile(file, ours / file.name),
            project.original("kpi_values", BUSINESSES[name][0].name),
        )
        for name, file in right.items()
    ]
    _bench = Bench(project, RebuiltDemo(project, ours / "built" / demo.name), businesses)


def _judge(work: list[Mutant]) -> list[tuple[Mutant, str]]:
    """What became of each mutant."""
    equivalent = _equivalent()
    return [
        (mutant, "equivalent" if mutant.name in equivalent else _bench.judge(mutant))
        for mutant in work
    ]


def _refuse_stale_equivalents(project: MutableProject, rooms: dict[str, str]) -> None:
    """What is listed as equivalent must still be a change of its model."""
    known = _equivalent()
    for subject in sorted({subject for subject, _, _ in known}):
        if subject not in rooms:
            raise UserError(f"{EQUIVALENT} names {subject}, which is nothing: remove its rows.")
        changes = {mutant.name for mutant in mutants(project, subject)}
        for _, line, change in sorted(row for row in known if row[0] == subject):
            if (subject, line, change) not in changes:
                raise UserError(
                    f"{EQUIVALENT} lists {subject}: {change} in `{line}`, "
                    "which is no change of it any more: remove the row."
                )


def _equivalent() -> set[tuple[str, str, str]]:
    """Model, line and change of the mutations known to change nothing."""
    if not EQUIVALENT.exists():
        return set()
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["line"], row["change"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    run_command(main, "scripts/mutate")
