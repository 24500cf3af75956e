"""K09: how many leads came."""

from __future__ import annotations

from oracle.calculation.kpis.shared import FROM_WEEK, Cells, spots
from oracle.calculation.rollup import Sums, Units, merged
from oracle.calculation.statuses import Table, Variant
from oracle.calculation.world import World

DIMENSIONS = ("lead_source", "marketing_channel", "campaign", "industry", "country")
NEEDS = ("leads",)


def cells(world: World) -> Cells:
    """The cells of kpi_leads."""
    calendar = world.calendar
    sums, accounts = Sums(calendar), Units(calendar)
    for lead in world.leads:
        members = spots(lead.members, DIMENSIONS)
        if lead.counts:
            sums.add(lead.created_date, {"leads": 1}, members)
            unit = lead.account_id or ("lead", lead.lead_id)
            accounts.add(lead.created_date, {"accounts_with_lead": unit}, members)
        elif lead.lead_type == "newsletter" and lead.exclusion_reason is None:
            sums.add(lead.created_date, {"leads_newsletter": 1}, members)
        for record in lead.records:
            if lead.counts and not record.is_spam:
                sums.add(record.record_date, {"lead_records": 1}, members)
    table = merged(sums.table(FROM_WEEK), accounts.table(FROM_WEEK))
    _compare(table, world)
    return world.maker.make_cells("leads", VARIANTS, table, FROM_WEEK)


def _compare(table: Table, world: World) -> None:
    """Leads of the period before and of a year earlier, beside those of the period."""
    calendar = world.calendar
    for name, earlier in (
        ("previous_period", calendar.previous),
        ("year_ago", calendar.year_ago),
    ):
        for period in calendar.all_periods:
            if period.grain not in FROM_WEEK:
                continue
            before = earlier(period)
            for dimension, member in {spot[1:] for spot in table} | {("total", "all")}:
                parts = table.get((period, dimension, member), {})
                then = None
                if before is not None:
                    then = table.get((before, dimension, member), {}).get("leads", 0)
                if parts or then or (dimension, member) == ("total", "all"):
                    parts = table.setdefault((period, dimension, member), parts)
                    parts[f"leads_{name}"] = then
                    change = None if then is None else parts.get("leads", 0) - then
                    parts[f"leads_change_{name}"] = change


VARIANTS = (
    Variant("leads", "leads", needs=NEEDS),
    Variant(
        "leads_broad",
        lambda parts: parts.get("leads", 0) + parts.get("leads_newsletter", 0),
        needs=NEEDS,
    ),
    Variant("lead_records", "lead_records", needs=NEEDS),
    Variant("accounts_with_lead", "accounts_with_lead", needs=NEEDS),
    Variant(
        "leads_growth_rate",
        "leads_change_previous_period",
        "leads_previous_period",
        n="leads_previous_period",
        needs=NEEDS,
    ),
    Variant(
        "leads_growth_rate_year_ago",
        "leads_change_year_ago",
        "leads_year_ago",
        n="leads_year_ago",
        needs=NEEDS,
    ),
)
