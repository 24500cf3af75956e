"""The score of a lead, as it stood some days after the lead, so that it cannot know the outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

BANDS = ((20, "0-19"), (40, "20-39"), (60, "40-59"), (80, "60-79"))


@dataclass(frozen=True)
class Criterion:
    """What a lead gets for meeting one criterion of a version of the score."""

    version: str
    criterion: str
    is_fit: bool
    weight: Decimal
    valid_from: date


@dataclass(frozen=True)
class Scoring:
    """One delivered score."""

    scored_at: datetime
    score: Decimal
    version: str | None


@dataclass(frozen=True)
class Observation:
    """One look at a criterion."""

    observed_at: datetime
    criterion: str
    is_met: bool


@dataclass(frozen=True)
class Score:
    """What is known of the quality of one lead."""

    score: Decimal | None
    version: str | None
    criteria_seen: int
    criteria_expected: int
    is_fit: bool

    @property
    def band(self) -> str:
        """The band of twenty points, the last one with 100."""
        if self.score is None:
            return "(unknown)"
        return next((name for limit, name in BANDS if self.score < limit), "80-100")


def criteria_of(rows: list[dict]) -> list[Criterion]:
    """The rows of lead_score_criteria."""
    return [
        Criterion(
            version=row["score_version"],
            criterion=row["criterion"],
            is_fit=row["kind"] == "fit",
            weight=Decimal(row["weight"]),
            valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min,
        )
        for row in rows
    ]


def criteria_on(criteria: Iterable[Criterion], day: date) -> list[Criterion]:
    """Those of the version in force on a day."""
    begun = [criterion for criterion in criteria if criterion.valid_from <= day]
    latest = max((criterion.valid_from for criterion in begun), default=None)
    return [criterion for criterion in begun if criterion.valid_from == latest]


def score(
    scorings: list[Scoring], observations: list[Observation], criteria: list[Criterion]
) -> Score:
    """A delivered score wins over criteria; what nobody looked at scores 0.

    Args:
        scorings: delivered until the day on which scores are read.
        observations: until that day.
        criteria: of the version that scores the lead.
    """
    last_look: dict[str, Observation] = {}
    for look in sorted(observations, key=lambda one: one.observed_at):
        last_look[look.criterion] = look
    seen = [one for one in criteria if one.criterion in last_look]
    met = [one for one in seen if last_look[one.criterion].is_met]
    fit = sum((one.weight for one in criteria if one.is_fit), Decimal(0))
    fit_met = sum((one.weight for one in met if one.is_fit), Decimal(0))
    value, version = None, None
    if scorings:
        last = max(scorings, key=lambda one: (one.scored_at, one.version or ""))
        value, version = last.score, last.version
    elif seen:
        value, version = sum((one.weight for one in met), Decimal(0)), criteria[0].version
    return Score(
        score=value,
        version=version,
        criteria_seen=len(seen),
        criteria_expected=len(criteria) if seen else 0,
        is_fit=bool(seen) and fit_met * 2 >= fit,
    )
