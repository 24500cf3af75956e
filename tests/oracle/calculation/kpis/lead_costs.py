"""K11: what a lead costs."""

from __future__ import annotations

from decimal import Decimal

from oracle.calculation.costs import MARKETING
from oracle.calculation.kpis.cost_parts import BOOKED, MEDIA
from oracle.calculation.kpis.shared import FROM_WEEK, Cells, cost_is_missing, fx_is_missing, spots
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import Variant
from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "campaign", "program", "initiative", "tactic")
STAGES = "lead_stage_history"


def cells(world: World) -> Cells:
    """The cells of kpi_cost_per_lead."""
    sums = Sums(world.calendar)
    for cost in world.costs.entries:
        if cost.scope in MARKETING:
            nothing = Decimal(0)
            amounts = {
                "marketing_cost": cost.amount,
                "lead_gen_cost": cost.amount if cost.is_lead_generation else nothing,
                "paid_media_cost": cost.amount if cost.is_paid_media else nothing,
            }
            sums.add(cost.cost_date, amounts, spots(cost.members, DIMENSIONS))
    for journey in world.journeys:
        lead = journey.lead
        is_newsletter = lead.lead_type == "newsletter" and lead.exclusion_reason is None
        if lead.counts or is_newsletter:
            counts = {
                "leads": int(lead.counts),
                "leads_broad": 1,
                "leads_mql": int(lead.counts and journey.passed("mql") is not None),
                "leads_sql": int(lead.counts and journey.passed("sql") is not None),
            }
            sums.add(lead.created_date, counts, spots(lead.members, DIMENSIONS))
    return world.maker.make_cells(
        "cost_per_lead", _variants(world), sums.table(FROM_WEEK), FROM_WEEK
    )


def _variants(world: World) -> list[Variant]:
    window = world.number("mql_window_days")
    common = {
        "missing_cost": cost_is_missing(world, MARKETING),
        "fx_missing": fx_is_missing(world, MARKETING),
    }

    def ratio(name: str, cost: str, count: str, *needs: str, days: int = 0) -> Variant:
        return Variant(
            name, cost, count, n=count, needs=("leads", *needs), window_days=days, **common
        )

    return [
        ratio("cost_per_lead", "marketing_cost", "leads", BOOKED),
        ratio("cost_per_lead_lead_gen_only", "lead_gen_cost", "leads", "campaigns", BOOKED),
        ratio("cost_per_lead_paid_media", "paid_media_cost", "leads", MEDIA),
        ratio("cost_per_lead_broad", "marketing_cost", "leads_broad", BOOKED),
        ratio("cost_per_mql", "marketing_cost", "leads_mql", STAGES, BOOKED, days=window),
        ratio("cost_per_sql", "marketing_cost", "leads_sql", STAGES, BOOKED, days=window),
    ]
