"""K06: how many leads become customers."""

from __future__ import annotations

from datetime import date, datetime

from oracle.calculation.kpis.shared import FROM_WEEK, Cells, Lists, left_censored, spots
from oracle.calculation.lead_journeys import Journey
from oracle.calculation.rollup import Sums, Units, merged
from oracle.calculation.statistics import NO_INTERVAL, Interval
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.survival import Wait, event_interval, survival_at, survival_steps
from oracle.calculation.world import World

DIMENSIONS = (
    "lead_source",
    "marketing_channel",
    "campaign",
    "industry",
    "country",
    "account_size_band",
    "score_band",
    "sales_rep",
)


class Eligible:
    """A lead of an account that had not ordered before, and the days until things happened."""

    def __init__(self, journey: Journey, world: World) -> None:
        self.journey = journey
        self.lead = journey.lead
        self.world = world
        self.created = journey.lead.created_date
        self.age = (world.calendar.today - self.created).days
        self.days_to_order = self.days_to(journey.ordered_at)

    def days_to(self, moment: datetime | None) -> int | None:
        """Calendar days from the lead to a moment."""
        return None if moment is None else (self.date(moment) - self.created).days

    def date(self, moment: datetime) -> date:
        """The business date of a moment."""
        return self.world.calendar.business_date(moment)

    def is_mature(self, window: int) -> bool:
        """Whether its own window is over: the day after the last one has begun."""
        return self.age > window

    @property
    def account(self) -> object:
        """Its account; a lead without one is one of its own."""
        return self.lead.account_id or ("lead", self.lead.lead_id)

    @property
    def wait(self) -> Wait:
        """How long it was watched, and whether it ordered."""
        if self.days_to_order is None:
            return Wait(self.age, has_ended=False)
        return Wait(self.days_to_order, has_ended=True)


def within(days: int | None, window: int) -> bool:
    """Whether something happened in a window, its last day included."""
    return days is not None and 0 <= days <= window


def eligible_leads(world: World) -> list[Eligible]:
    """Strict leads that count, of accounts that had not ordered before."""
    return [
        Eligible(journey, world)
        for journey in world.journeys
        if journey.lead.counts and not journey.is_from_customer
    ]


def cells(world: World) -> Cells:
    """The cells of kpi_lead_conversion."""
    window = world.number("lead_window_days")
    sums, accounts, waits = Sums(world.calendar), Units(world.calendar), Lists(world.calendar)
    for journey in world.journeys:
        if journey.lead.counts and journey.is_from_customer:
            members = _spots(journey.lead, world)
            sums.add(journey.lead.created_date, {"leads_from_customers": 1}, members)
    for lead in eligible_leads(world):
        members = _spots(lead.lead, world)
        is_converted = within(lead.days_to_order, window)
        flags = {
            "leads_eligible": True,
            "leads_converted_in_window": is_converted,
            "leads_matured": lead.is_mature(window),
            "leads_matured_converted": lead.is_mature(window) and is_converted,
            "leads_converted_to_date": lead.days_to_order is not None,
            "leads_won": within(lead.days_to(lead.journey.won_at), window),
            "leads_paid": within(lead.days_to(lead.journey.first_paid_at), window),
            "leads_converted_in_180d": within(lead.days_to_order, 180),
            "leads_converted_in_365d": within(lead.days_to_order, 365),
        }
        sums.add(lead.created, {name: int(flag) for name, flag in flags.items()}, members)
        accounts.add(lead.created, {"accounts_eligible": lead.account}, members)
        if is_converted:
            accounts.add(lead.created, {"accounts_converted": lead.account}, members)
        if lead.journey.ordered_at is not None:
            ordered = lead.date(lead.journey.ordered_at)
            sums.add(ordered, {"conversions_in_period": 1}, members)
        waits.add(lead.created, "waits", lead.wait, members)
    table = merged(sums.table(FROM_WEEK), accounts.table(FROM_WEEK), waits.found)
    return world.maker.make_cells("lead_conversion", _variants(world, window), table, FROM_WEEK)


def _spots(lead, world: World) -> list[tuple[str, str]]:
    members = {**lead.members, "score_band": world.lead_scores[lead.lead_id].band}
    return spots(members, DIMENSIONS)


def _variants(world: World, window: int) -> list[Variant]:
    censored = left_censored(world)

    def rate(name: str, above: str, below: str, days: int, needs: tuple[str, ...] = ()) -> Variant:
        return Variant(
            name,
            above,
            below,
            n=below,
            interval="wilson",
            needs=("leads", *needs),
            window_days=days,
            left_censored=censored,
        )

    def watched(parts: Parts) -> float | None:
        waits = parts.get("waits", [])
        survival = survival_at(survival_steps(waits), window).survival
        is_watched = any(wait.days >= window for wait in waits)
        return 1 - float(survival) if is_watched or not survival else None

    def watched_interval(parts: Parts) -> Interval:
        waits = parts.get("waits", [])
        return event_interval(survival_at(survival_steps(waits), window)) or NO_INTERVAL

    eligible = "leads_eligible"
    return [
        rate("lead_conversion_rate", "leads_converted_in_window", eligible, window),
        rate("lead_conversion_rate_matured", "leads_matured_converted", "leads_matured", window),
        rate("lead_conversion_rate_to_date", "leads_converted_to_date", eligible, window),
        Variant(
            "lead_conversion_rate_km",
            statistic=watched,
            n=eligible,
            interval=watched_interval,
            needs=("leads",),
            window_days=window,
            left_censored=censored,
        ),
        Variant(
            "lead_conversion_rate_period",
            "conversions_in_period",
            eligible,
            n=eligible,
            needs=("leads",),
            left_censored=censored,
        ),
        rate("lead_conversion_rate_won", "leads_won", eligible, window, ("opportunities",)),
        rate("lead_conversion_rate_paid", "leads_paid", eligible, window, ("payments",)),
        rate("lead_conversion_rate_180d", "leads_converted_in_180d", eligible, 180),
        rate("lead_conversion_rate_365d", "leads_converted_in_365d", eligible, 365),
        rate("lead_conversion_rate_by_account", "accounts_converted", "accounts_eligible", window),
    ]
