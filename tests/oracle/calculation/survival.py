"""Kaplan-Meier: how many still wait after so many days, though some were not watched so long."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Wait:
    """How long one unit was watched, and whether it ended by the event."""

    days: int
    has_ended: bool


@dataclass(frozen=True)
class Step:
    """The estimate from one day with events on."""

    day: int
    survival: Fraction
    greenwood: Fraction | None  # sum of d / (n (n - d)); None once nobody is left


def survival_steps(waits: Iterable[Wait]) -> list[Step]:
    """Days with events in order; events of a day come before those lost to view on that day."""
    waits = list(waits)
    ended = Counter(wait.days for wait in waits if wait.has_ended)
    steps = []
    survival, greenwood = Fraction(1), Fraction(0)
    for day in sorted(ended):
        at_risk = sum(1 for wait in waits if wait.days >= day)
        events = ended[day]
        survival *= Fraction(at_risk - events, at_risk)
        if greenwood is not None:
            left = at_risk - events
            greenwood = greenwood + Fraction(events, at_risk * left) if left else None
        steps.append(Step(day, survival, greenwood))
    return steps


def survival_at(steps: list[Step], day: int) -> Step:
    """The estimate at the end of a day."""
    reached = [step for step in steps if step.day <= day]
    return reached[-1] if reached else Step(0, Fraction(1), Fraction(0))


def median_wait(steps: list[Step]) -> int | None:
    """The first day on which half or less still wait; None while more than half do."""
    return next((step.day for step in steps if step.survival <= Fraction(1, 2)), None)


def event_interval(step: Step) -> tuple[float | None, float | None]:
    """95 % interval of 1 - survival: Greenwood's variance, log-log transformed."""
    if step.greenwood is None or step.survival in (0, 1):
        return None, None
    log_survival = math.log(step.survival)
    reach = NORMAL_95 * math.sqrt(step.greenwood) / abs(log_survival)
    survival = float(step.survival)
    return 1 - survival ** math.exp(-reach), 1 - survival ** math.exp(reach)
