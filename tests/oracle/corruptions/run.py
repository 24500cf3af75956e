"""Damage many cells and files, and count by kind what was tried and what went wrong."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from oracle.businesses.random_business import random_tables
from oracle.businesses.traits import NASTY, STARTS, Traits
from oracle.calculation.business import Business
from oracle.corruptions.files import DAMAGES
from oracle.corruptions.files_check import CHANGES, TABLES, Deliveries
from oracle.corruptions.values import KINDS, corrupted
from oracle.corruptions.values_check import failures
from oracle.replay import TRUST, Replay
from oracle.shapes import SHAPES, Shape, configuration
from oracle.workshop import compiled

CELLS = 125  # of a business that are damaged
# A history of decades takes the whole chain minutes, and says no more than one of months.
NOT_IN_THE_WHOLE_CHAIN = ("far day",)
# What else is wrong with a whole build of a business, in words: for a second calculation.
Compare = Callable[[Business, duckdb.DuckDBPyConnection], Iterable[str]]


@dataclass
class Tally:
    """How often each kind was tried, and which of them failed in which words."""

    tried: Counter = field(default_factory=Counter)
    failed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def failures(self) -> list[str]:
        """Everything that went wrong, with its kind."""
        return [f"{kind}: {what}" for kind, said in self.failed.items() for what in said]


def random_business(shape: Shape, seed: int) -> Business:
    """A small business of a shape, with some nasty traits."""
    dice = random.Random(seed)
    traits = Traits(
        seed=seed,
        start=dice.choice(sorted(STARTS.values())),
        days=dice.choice([9, 40, 100]),
        accounts=dice.choice([3, 6]),
        orders=dice.choice([10, 25]),
        visits=dice.choice([20, 40]),
        leads=dice.choice([8, 15]),
        has_loaded_at=dice.random() < 0.5,
        nasty=frozenset(trait for trait in NASTY if dice.random() < 0.4),
    )
    tables = random_tables(traits, shape.parameters["reporting_timezone"], shape.columns)
    return Business(tables, shape.columns, shape.parameters, configuration())


def damage_values(
    tally: Tally,
    folder: Path,
    count: int,
    seed: int,
    whole_every: int = 0,
    compare: Compare = lambda business, connection: (),
) -> None:
    """Damage cells of one business after another.

    Args:
        tally: what is counted in.
        folder: where the project is compiled to, if it was not; and where raw files go.
        count: cells to damage.
        seed: of the first business; the others follow.
        whole_every: of so many businesses one is built to its KPIs; none if 0.
        compare: what to say of the KPIs of a business.
    """
    shape = SHAPES[0]
    ours = compiled(shape, folder)
    staging = Replay(shape, ours, folder / f"damaged_{seed}" / "staging", TRUST)
    whole = Replay(shape, ours, folder / f"damaged_{seed}" / "whole") if whole_every else staging
    for replay in (staging, whole):
        replay.connection.execute("set threads = 1")
    kinds = tuple(kind for kind in KINDS if kind not in NOT_IN_THE_WHOLE_CHAIN)
    done = number = 0
    while done < count:
        is_whole = whole_every and number % whole_every == 0
        business, cells = corrupted(
            random_business(shape, seed + number),
            seed + number,
            min(CELLS, count - done),
            kinds if is_whole else tuple(KINDS),
        )
        tally.tried.update(cell.kind for cell in cells)
        at = defaultdict(list)
        for cell in cells:
            at[cell.table, cell.row].append(cell)
        where = f"business {seed + number}"
        try:
            connection = (whole if is_whole else staging).build(business)
        except AssertionError as error:
            tally.failed["(build)"].append(f"{where}: {error}")
        else:
            for failure in failures(business, connection):
                for cell in at.get((failure.table, failure.row), ()) or [None]:
                    kind = cell.kind if cell else "(row of no damage)"
                    tally.failed[kind].append(f"{where}: {failure.table} {failure.what}")
            if is_whole:
                said = (*_odd_numbers(connection), *compare(business, connection))
                tally.failed["(whole chain)"] += [f"{where}: {what}" for what in said]
        done, number = done + len(cells), number + 1
    staging.close()
    whole.close()


def _odd_numbers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """KPIs that are no numbers."""
    query = """
        select kpi, variant, value from kpi.kpi_values
        where isnan(value) or isinf(value)
    """
    return [
        f"{kpi} {variant} is {value}" for kpi, variant, value in connection.sql(query).fetchall()
    ]


def damage_files(tally: Tally, folder: Path, count: int, seed: int) -> None:
    """Damage files of one delivery after another, every kind before any a second time."""
    deliveries = Deliveries(folder / "files")
    dice = random.Random(seed)
    kinds: list[str] = []
    while count > 0:
        damages = {}
        for table in dice.sample(TABLES, k=min(count, len(TABLES))):
            kinds = kinds or dice.sample(list(DAMAGES), k=len(DAMAGES))
            damages[table] = kinds.pop()
        count -= len(damages)
        tally.tried.update(damages.values())
        business = random_business(SHAPES[0], dice.randrange(10**6))
        for table, what in deliveries.failures(business, damages, dice.randrange(10**6)):
            tally.failed[damages.get(table, "none")].append(f"{table} {what}")


def change_files(tally: Tally, folder: Path, count: int, seed: int) -> None:
    """Change a file while a build reads it, once in each way before any a second time."""
    deliveries = Deliveries(folder / "changes")
    dice = random.Random(seed)
    for number in range(count):
        kind = list(CHANGES)[number % len(CHANGES)]
        tally.tried[kind] += 1
        business = random_business(SHAPES[0], dice.randrange(10**6))
        tally.failed[kind] += deliveries.failures_of_change(business, kind)
