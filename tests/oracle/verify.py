"""scripts/verify: show that the numbers are right, and print what was tried.

Random businesses are built by the project and calculated a second time in plain Python, and every
cell of kpi_values is compared; the raw rows are changed in ways whose effect is known; and raw
values are damaged, of which every one must be read as it says or be rejected.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import click
from commerce_kpis.console import make_console, run_command
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from oracle.corruptions.run import Tally, damage_values
from oracle.relations.every import RELATIONS
from oracle.shapes import SHAPES, Shape
from oracle.trials import Result, Trial, run_trial
from oracle.workshop import compiled

# Businesses, or damaged cells, that a process draws from one seed.
CHUNK = 25
CELLS = 2000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--businesses",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="Random businesses to calculate a second time.",
)
@click.option(
    "--relations",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Businesses to try each relation on.",
)
@click.option(
    "--corruptions",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Raw values to damage.",
)
@click.option("--seed", default=1, show_default=True, help="Draws other businesses.")
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all processors",
)
@click.option(
    "--compiled",
    "kept",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps what dbt compiles for random businesses, until the code changes.",
)
@click.option("--shrink", is_flag=True, help="Look for the smallest business that fails.")
def main(
    businesses: int,
    relations: int,
    corruptions: int,
    seed: int,
    processes: int,
    kept: Path | None,
    shrink: bool,
) -> None:
    """Compare the project with an independent calculation; exit 1 if they differ."""
    console = make_console()
    trials = [replace(trial, is_shrunk=shrink) for trial in _trials(businesses, relations, seed)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch)
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            shapes = _shapes(trials, is_damaged=corruptions > 0)
            console.print(f"Compiling the project in {len(shapes)} ways ...")
            list(pool.map(compiled, shapes, [folder] * len(shapes)))
            console.print(f"Trying {sum(trial.businesses for trial in trials)} businesses ...")
            running = [pool.submit(run_trial, trial, folder) for trial in trials]
            damage = [
                pool.submit(_damage, folder, count, seed + start)
                for start, count in _chunks(corruptions, CELLS)
            ]
            results = [ended.result() for ended in as_completed(running)]
            tallies = [ended.result() for ended in damage]
    _print(results, tallies, console)
    if any(done.failures for done in (*results, *tallies)):
        sys.exit(1)


def _trials(businesses: int, relations: int, seed: int) -> Iterator[Trial]:
    """The longest first, so that processes end together."""
    for relation in RELATIONS:
        if relations:
            yield Trial("relation", relation.name, relations, seed)
    for number, shape in enumerate(SHAPES):
        ours = businesses // len(SHAPES) + (number < businesses % len(SHAPES))
        for start, count in _chunks(ours, CHUNK):
            yield Trial("cells", shape.name, count, seed * 1_000_000 + start)


def _chunks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Where each chunk starts, and how many are in it."""
    for start in range(0, count, size):
        yield start, min(size, count - start)


def _damage(folder: Path, count: int, seed: int) -> Tally:
    """Damage values in a process of its own."""
    tally = Tally()
    damage_values(tally, folder, count, seed)
    return tally


def _shapes(trials: list[Trial], is_damaged: bool) -> list[Shape]:
    """The shapes that trials need, and the one whose values are damaged."""
    named = {shape.name: shape for shape in SHAPES}
    found = {SHAPES[0].name: SHAPES[0]} if is_damaged else {}
    for trial in trials:
        relation = next((one for one in RELATIONS if one.name == trial.name), None)
        needed = [relation.shape, relation.other_shape] if relation else [named[trial.name]]
        found |= {shape.name: shape for shape in needed}
    return list(found.values())


def _print(results: list[Result], tallies: list[Tally], console: Console) -> None:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("what was tried")
    for name in ("businesses", "cells", "failed", "seconds"):
        table.add_column(name, justify="right")
    order = [shape.name for shape in SHAPES] + [relation.name for relation in RELATIONS]
    for name in order:
        ours = [result for result in results if result.trial.name == name]
        if not ours:
            continue
        what = f"every cell, {name}" if ours[0].trial.kind == "cells" else name
        failed = sum(len(result.failures) for result in ours)
        cells = sum(result.cells for result in ours)
        table.add_row(
            what,
            f"{sum(result.tried for result in ours):,}",
            f"{cells:,}" if cells else "",
            f"[bold red]{failed}[/]" if failed else "0",
            f"{sum(result.seconds for result in ours):,.0f}",
        )
    if tallies:
        tried = sum(tally.tried.total() for tally in tallies)
        failed = sum(len(tally.failures) for tally in tallies)
        shown = f"[bold red]{failed}[/]" if failed else "0"
        table.add_row("raw values damaged", "", f"{tried:,}", shown, "")
    for result in results:
        for failure in result.failures:
            console.print(f"[bold red]{result.trial.name}[/], seed {result.trial.seed}:")
            console.print(escape(failure))
    for tally in tallies:
        for failure in tally.failures:
            console.print(escape(failure))
    console.print()
    console.print(table)


if __name__ == "__main__":
    run_command(main, "scripts/verify")
