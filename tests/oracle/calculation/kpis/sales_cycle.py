"""K13: how long it takes until a lead is a customer."""

from __future__ import annotations

from datetime import date, datetime

from oracle.calculation.kpis.lead_conversion import Eligible, eligible_leads
from oracle.calculation.kpis.shared import FROM_WEEK, Cells, Lists, left_censored, spots
from oracle.calculation.rollup import Sums, merged
from oracle.calculation.statistics import Interval, delta, quantile
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.survival import median_wait, survival_steps
from oracle.calculation.world import World

DIMENSIONS = ("lead_source", "marketing_channel", "industry", "account_size_band", "sales_rep")
TOUCHES = "touches or web_events or web_sessions"
# variant: its sum, its count, what it needs beside leads
MEANS = {
    "sales_cycle_days": ("cycle_days_sum", "leads_converted", ()),
    "sales_cycle_days_from_touch": (
        "cycle_days_from_touch_sum",
        "leads_converted_with_touch",
        (TOUCHES,),
    ),
    "sales_cycle_days_from_mql": (
        "cycle_days_from_mql_sum",
        "leads_converted_with_mql",
        ("lead_stage_history",),
    ),
    "sales_cycle_days_from_opportunity": (
        "cycle_days_from_opportunity_sum",
        "leads_converted_with_opportunity",
        ("opportunities",),
    ),
    "sales_cycle_days_to_won": ("cycle_days_to_won_sum", "leads_won", ("opportunities",)),
    "sales_cycle_days_to_payment": ("cycle_days_to_payment_sum", "leads_paid", ("payments",)),
}


def cells(world: World) -> Cells:
    """The cells of kpi_sales_cycle."""
    sums, lists = Sums(world.calendar), Lists(world.calendar)
    for lead in eligible_leads(world):
        members = spots(lead.lead.members, DIMENSIONS)
        is_open = int(lead.journey.ordered_at is None)
        sums.add(lead.created, {"leads_created": 1, "leads_open": is_open}, members)
        lists.add(lead.created, "waits", lead.wait, members)
        for variant, start, end in _cycles(lead, world):
            total, count, _ = MEANS[variant]
            days = (end - start).days
            if days >= 0:
                sums.add(end, {total: days, count: 1}, members)
                lists.add(end, variant, days, members)
    table = merged(sums.table(FROM_WEEK), lists.found)
    return world.maker.make_cells("sales_cycle", _variants(world), table, FROM_WEEK)


def _cycles(lead: Eligible, world: World) -> list[tuple[str, date, date]]:
    """Each cycle of a lead with the days on which it began and ended."""
    journey, created = lead.journey, lead.created
    found = []
    if journey.ordered_at is not None:
        ordered = lead.date(journey.ordered_at)
        # An imputed MQL is no moment that anything began in.
        recorded_mql = journey.recorded("mql") if journey.is_timed("mql") else None
        found.append(("sales_cycle_days", created, ordered))
        for variant, start in (
            ("sales_cycle_days_from_touch", first_touch(lead, world)),
            ("sales_cycle_days_from_mql", recorded_mql),
            ("sales_cycle_days_from_opportunity", journey.deal_at),
        ):
            if start is not None:
                found.append((variant, lead.date(start), ordered))
    for variant, end in (
        ("sales_cycle_days_to_won", journey.won_at),
        ("sales_cycle_days_to_payment", journey.first_paid_at),
    ):
        if end is not None:
            found.append((variant, created, lead.date(end)))
    return found


def first_touch(lead: Eligible, world: World) -> datetime | None:
    """The first touch ever of the account, up to its first order."""
    ordered_at = lead.journey.ordered_at
    touch = world.web.touches.first(lead.lead.account_id, ordered_at) if ordered_at else None
    return touch.touched_at if touch else None


def _variants(world: World) -> list[Variant]:
    censored = left_censored(world)

    def interval_of(variant: str):
        def interval(parts: Parts) -> Interval:
            low, high = delta((days, 1) for days in parts.get(variant, []))
            return low and max(low, 0.0), high

        return interval

    def days(parts: Parts) -> list[int]:
        return parts.get("sales_cycle_days", [])

    means = [
        Variant(
            name,
            total,
            count,
            n=count,
            interval=interval_of(name),
            needs=("leads", *needs),
            left_censored=censored,
        )
        for name, (total, count, needs) in MEANS.items()
    ]
    statistics = {
        "sales_cycle_days_median": lambda parts: quantile(days(parts), 0.5),
        "sales_cycle_days_p90": lambda parts: quantile(days(parts), 0.9),
        "sales_cycle_days_km_median": lambda parts: median_wait(
            survival_steps(parts.get("waits", []))
        ),
    }
    return means + [
        Variant(
            name,
            statistic=statistic,
            n="leads_created" if "km" in name else "leads_converted",
            needs=("leads",),
            left_censored=censored,
        )
        for name, statistic in statistics.items()
    ]
