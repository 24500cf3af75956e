"""Trials over random businesses, each a run of hypothesis in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from oracle.businesses.traits import Traits, traits
from oracle.calculation.calculate import calculate
from oracle.compare import differences
from oracle.relations.every import RELATIONS
from oracle.shapes import SHAPES
from oracle.workshop import Workshop, business_of

SHOWN = 5


@dataclass(frozen=True)
class Trial:
    """What to try, on how many businesses, from which seed."""

    kind: str  # cells or relation
    name: str  # of a shape or a relation
    businesses: int
    seed: int
    is_shrunk: bool = False  # whether a smaller business is looked for that fails too


@dataclass
class Result:
    """What came of a trial."""

    trial: Trial
    tried: int = 0
    cells: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run_trial(trial: Trial, folder: Path) -> Result:
    """Try one thing until it fails or enough businesses were drawn.

    Args:
        trial: what to try.
        folder: where compiled shapes are, and files of this process go.
    """
    result, workshop = Result(trial), Workshop(folder, str(os.getpid()))
    judge = _judge(trial, workshop, result)

    # Every trial draws the same businesses each time; none is remembered between runs.
    @seeded(trial.seed)
    @settings(
        max_examples=trial.businesses,
        database=None,
        deadline=None,
        phases=[Phase.generate, *([Phase.shrink] if trial.is_shrunk else [])],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(traits())
    def holds(drawn: Traits) -> None:
        result.tried += 1
        found = judge(drawn)
        assert not found, f"{drawn}\n" + "\n".join(found[:SHOWN])

    started = time.monotonic()
    try:
        holds()
    except Exception as error:  # A crash of either calculation is a failure too.
        drawn = "\n".join(getattr(error, "__notes__", []))
        result.failures.append(f"{type(error).__name__}: {error}\n{drawn}")
    result.seconds = time.monotonic() - started
    return result


def _judge(trial: Trial, workshop: Workshop, result: Result) -> Callable[[Traits], list[str]]:
    if trial.kind == "relation":
        relation = next(relation for relation in RELATIONS if relation.name == trial.name)
        return lambda drawn: relation.broken(drawn, workshop)
    shape = next(shape for shape in SHAPES if shape.name == trial.name)

    def compared(drawn: Traits) -> list[str]:
        business = business_of(drawn, shape)
        built = workshop.cells(shape, business)
        result.cells += len(built)
        return [str(one) for one in differences(built, calculate(business))]

    return compared
