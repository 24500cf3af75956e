"""Quotes: what they passed on the way to an order, and whose they are."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from oracle.calculation.facts import Lead, Member
from oracle.calculation.lead_journeys import earliest

QUOTE_STEPS = ("sent", "accepted", "ordered")


@dataclass
class Quote:
    """One quote that counts."""

    quote_id: str
    requested_at: datetime
    requested_date: date
    moments: dict[str, datetime | None]  # of each step, where it was recorded
    members: Member = field(default_factory=dict)

    def passed(self, step: str) -> datetime | None:
        """When a step was passed: recorded, or proven by a later one."""
        later = QUOTE_STEPS[QUOTE_STEPS.index(step) :]
        return earliest(*(self.recorded(one) for one in later))

    def recorded(self, step: str) -> datetime | None:
        """When a step was recorded; what is before the request is no step of it."""
        moment = self.requested_at if step == "requested" else self.moments[step]
        return moment if moment is not None and moment >= self.requested_at else None

    def is_timed(self, step: str) -> bool:
        """Whether a step was passed in the moment in which it was recorded."""
        if step == "requested":
            return True
        return self.passed(step) is not None and self.passed(step) == self.recorded(step)


class LatestLeads:
    """The latest lead of a person or an account by a moment; of several the first by id."""

    def __init__(self, leads: Iterable[Lead], owner: Callable[[Lead], str | None]) -> None:
        self.by_owner: dict[str, list[Lead]] = defaultdict(list)
        by_id = sorted(leads, key=lambda one: one.lead_id, reverse=True)
        for lead in sorted(by_id, key=lambda one: one.created_at):
            if owner(lead) is not None:
                self.by_owner[owner(lead)].append(lead)

    def by(self, owner: str | None, moment: datetime) -> Lead | None:
        """The latest one at or before a moment."""
        leads = self.by_owner.get(owner, [])
        place = bisect_right([lead.created_at for lead in leads], moment)
        return leads[place - 1] if place else None
