"""python -m oracle.corruptions: damage raw tables at random, and see what the project makes of it.

PYTHONPATH is scripts:tests:tests/python of the project.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from oracle.corruptions.run import Tally, change_files, damage_files, damage_values

SHOWN = 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--count", default=1000, help="Cells to damage.")
@click.option("--files", default=0, help="Files to damage.")
@click.option("--changes", default=0, help="Files to change while a build reads them.")
@click.option("--whole-every", default=0, help="Build one business of so many to its KPIs.")
@click.option("--seed", default=0, help="Of everything that is drawn.")
@click.option("--folder", type=Path, help="Keep what is compiled here, for the next time.")
def main(
    count: int, files: int, changes: int, whole_every: int, seed: int, folder: Path | None
) -> None:
    """Damage raw values and raw files: nothing is lost, and nothing is silently wrong."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="corruptions_") as temporary:
        place = (folder or Path(temporary)).absolute()
        if count:
            damage_values(tally, place, count, seed, whole_every)
        if files:
            damage_files(tally, Path(temporary), files, seed)
        if changes:
            change_files(tally, Path(temporary), changes, seed)
    failed = print_tally(tally, Console())
    sys.exit(1 if failed else 0)


def print_tally(tally: Tally, console: Console) -> int:
    """Print a line per kind; how often something went wrong."""
    table = Table("kind of corruption", "tried", "failed", box=None)
    for kind in sorted(tally.tried.keys() | tally.failed.keys()):
        table.add_row(kind, str(tally.tried[kind]), str(len(tally.failed[kind])))
    table.add_row("all", str(tally.tried.total()), str(len(tally.failures)))
    console.print(table)
    for line in tally.failures[:SHOWN]:
        console.print(line[:2000], markup=False, highlight=False)
    return len(tally.failures)


if __name__ == "__main__":
    main()
