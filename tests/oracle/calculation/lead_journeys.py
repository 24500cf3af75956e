"""What became of each lead: recorded stages, deals, orders, payments, and the steps it passed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from oracle.calculation.facts import Lead

STEPS = ("mql", "sql", "opportunity", "won", "ordered")
ACCEPTED = ("sal", "sql", "opportunity")
ENDS = ("rejected", "recycled", "disqualified")
STAGES = ("lead", "mql", "sal", "sql", "opportunity", "customer", *ENDS)
ACTIONS_OF_SALES = (*ACCEPTED, *ENDS)


@dataclass(frozen=True)
class Entry:
    """One recorded entry into a stage."""

    entered_at: datetime
    stage: str

    @property
    def order(self) -> tuple[datetime, int]:
        """By moment; of one moment by the way that leads go, ends last."""
        return self.entered_at, STAGES.index(self.stage)


@dataclass(frozen=True)
class Deal:
    """One opportunity, after the merges of its lead and its account."""

    deal_id: str
    lead_id: str | None
    account_id: str | None
    created_at: datetime
    won_at: datetime | None


@dataclass
class Journey:
    """One lead and what is known to have happened to it."""

    lead: Lead
    first_order_at: datetime | None  # of its account, ever
    first_paid_at: datetime | None  # of its account, ever
    entries: list[Entry] = field(default_factory=list)  # in order
    deals: list[Deal] = field(default_factory=list)

    @property
    def is_from_customer(self) -> bool:
        """Whether its account had ordered before."""
        return self.first_order_at is not None and self.first_order_at < self.lead.created_at

    @property
    def ordered_at(self) -> datetime | None:
        """The first valid order of its account, at or after the lead."""
        return None if self.is_from_customer else self.first_order_at

    @property
    def deal_at(self) -> datetime | None:
        """When its first deal began."""
        return min((deal.created_at for deal in self.deals), default=None)

    @property
    def won_at(self) -> datetime | None:
        """When its first deal was won."""
        return min((deal.won_at for deal in self.deals if deal.won_at), default=None)

    def entered(self, *stages: str) -> datetime | None:
        """The first recorded entry into one of some stages."""
        return next((entry.entered_at for entry in self.entries if entry.stage in stages), None)

    @property
    def customer_at(self) -> datetime | None:
        """When it became a customer: by the stage, or by the first order of its account."""
        return earliest(self.entered("customer"), self.ordered_at)

    def recorded(self, step: str) -> datetime | None:
        """When a step was recorded by itself."""
        return {
            "lead": self.lead.created_at,
            "mql": self.entered("mql"),
            "sql": self.entered("sql"),
            "opportunity": earliest(self.entered("opportunity"), self.deal_at),
            "won": earliest(self.entered("customer"), self.won_at),
            "ordered": self.ordered_at,
        }[step]

    def passed(self, step: str) -> datetime | None:
        """When a step was passed: recorded, or proven by a later one."""
        later = STEPS[STEPS.index(step) :]
        found = earliest(*(self.recorded(one) for one in later))
        return earliest(found, self.entered("sal")) if step == "mql" else found

    def is_timed(self, step: str) -> bool:
        """Whether a step was passed in the moment in which it was recorded."""
        if step == "lead":
            return True
        return self.passed(step) is not None and self.passed(step) == self.recorded(step)

    @property
    def stage_now(self) -> str | None:
        """The stage that the CRM shows today."""
        return self.entries[-1].stage if self.entries else None


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of some moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def stage_of(source_name: str, source_stage: str, rules: list[dict]) -> str | None:
    """The stage that a source's own name stands for; a rule of the source itself wins."""
    names = {(rule["source_name"], rule["source_stage"].lower()): rule["stage"] for rule in rules}
    name = source_stage.lower()
    return names.get((source_name, name), names.get(("*", name)))


def follow(
    leads: Iterable[Lead],
    entries: dict[str, list[Entry]],
    deals: Iterable[Deal],
    first_orders: dict[str, datetime],
    first_payments: dict[str, datetime],
    date_of: Callable[[datetime], date],
) -> list[Journey]:
    """The journey of every lead."""
    journeys = [
        Journey(
            lead=lead,
            first_order_at=first_orders.get(lead.account_id),
            first_paid_at=first_payments.get(lead.account_id),
            entries=sorted(entries.get(lead.lead_id, []), key=lambda entry: entry.order),
        )
        for lead in leads
    ]
    _give_deals(journeys, deals, date_of)
    return journeys


def _give_deals(
    journeys: list[Journey], deals: Iterable[Deal], date_of: Callable[[datetime], date]
) -> None:
    """A deal is that of the lead it names, else of each lead that its account had by then.

    After the day of its first order an account is a customer, and the deal is of no lead.
    """
    by_lead = {journey.lead.lead_id: journey for journey in journeys}
    by_account: dict[str, list[Journey]] = defaultdict(list)
    for journey in sorted(journeys, key=lambda one: one.lead.created_at):
        if journey.lead.account_id is not None:
            by_account[journey.lead.account_id].append(journey)
    for deal in deals:
        named = by_lead.get(deal.lead_id)
        if named is not None:
            if deal.created_at >= named.lead.created_at:
                named.deals.append(deal)
            continue
        owners = by_account.get(deal.account_id, [])
        moments = [journey.lead.created_at for journey in owners]
        for journey in owners[: bisect_right(moments, deal.created_at)]:
            first = journey.first_order_at
            if first is None or date_of(deal.created_at) <= date_of(first):
                journey.deals.append(deal)
