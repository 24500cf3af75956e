"""K12: how leads are qualified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from oracle.calculation.kpis.shared import FROM_WEEK, Cells, Lists, left_censored, spots
from oracle.calculation.lead_journeys import ACTIONS_OF_SALES, ENDS, Journey
from oracle.calculation.rollup import Sums, merged
from oracle.calculation.statistics import quantile
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.world import World

DIMENSIONS = (
    "lead_source",
    "marketing_channel",
    "campaign",
    "sales_rep",
    "industry",
    "score_band",
)
NEEDS = ("leads", "lead_stage_history")
SQL_NOW = ("sql", "opportunity", "customer")


def cells(world: World) -> Cells:
    """The cells of kpi_lead_qualification."""
    sums, lists = Sums(world.calendar), Lists(world.calendar)
    for journey in world.journeys:
        lead = journey.lead
        if not lead.counts:
            continue
        score = world.lead_scores[lead.lead_id]
        members = spots({**lead.members, "score_band": score.band}, DIMENSIONS)
        for moment, parts in _counted(journey):
            sums.add(world.calendar.business_date(moment), parts, members)
        answered = answered_at(journey)
        if answered is not None:
            recorded = journey.recorded("mql")
            hours = (answered - recorded).total_seconds() / 3600
            day = world.calendar.business_date(journey.passed("mql"))
            lists.add(day, "hours", hours, members)
    table = merged(sums.table(FROM_WEEK), lists.found)
    return world.maker.make_cells("lead_qualification", _variants(world), table, FROM_WEEK)


def _counted(journey: Journey) -> Iterator[tuple[datetime, dict[str, int]]]:
    """What a lead counts as, at the moments of its stages."""
    mql, sql, customer = journey.passed("mql"), journey.passed("sql"), journey.customer_at
    yield journey.lead.created_at, {"leads": 1, "leads_mql": int(mql is not None)}
    if mql is not None:
        yield mql, _mql(journey)
    if sql is not None:
        yield sql, {"sqls": 1, "sqls_to_customer": int(customer is not None)}
    if customer is not None:
        never = int(journey.entered("mql") is None)
        yield customer, {"customers": 1, "customers_never_mql": never}
    seen = set()
    for entry in journey.entries:
        if entry.stage in seen:
            yield entry.entered_at, {"stage_reentries": 1}
        seen.add(entry.stage)


def _mql(journey: Journey) -> dict[str, int]:
    """An MQL, and what became of it."""
    end = last_end(journey)
    is_sql = journey.passed("sql") is not None
    return {
        "mqls": 1,
        "mqls_imputed": int(not journey.is_timed("mql")),
        "mqls_to_sql": int(is_sql),
        "mqls_to_customer": int(journey.customer_at is not None),
        "mqls_rejected": int(not is_sql and end in ("rejected", "disqualified")),
        "mqls_recycled": int(not is_sql and end == "recycled"),
        "mqls_open": int(not is_sql and end is None),
        "mqls_now_sql": int(journey.stage_now in SQL_NOW),
        "mqls_responded": int(answered_at(journey) is not None),
    }


def last_end(journey: Journey) -> str | None:
    """The last end at or after the MQL."""
    mql = journey.passed("mql")
    ends = [entry for entry in journey.entries if entry.stage in ENDS and entry.entered_at >= mql]
    return ends[-1].stage if ends else None


def answered_at(journey: Journey) -> datetime | None:
    """The first action of sales at or after the recorded MQL."""
    if journey.passed("mql") is None or not journey.is_timed("mql"):
        return None
    recorded = journey.recorded("mql")
    actions = (
        entry.entered_at
        for entry in journey.entries
        if entry.stage in ACTIONS_OF_SALES and entry.entered_at >= recorded
    )
    return next(actions, None)


def _variants(world: World) -> list[Variant]:
    window = world.number("mql_window_days")
    censored = left_censored(world)

    def rate(name: str, above: str, below: str, **differs: object) -> Variant:
        made_of = {"interval": "wilson", "window_days": window, **differs}
        return Variant(name, above, below, n=below, needs=NEEDS, **made_of)

    return [
        rate("mql_to_sql_rate", "mqls_to_sql", "mqls"),
        rate("lead_to_mql_rate", "leads_mql", "leads"),
        rate("sql_to_customer_rate", "sqls_to_customer", "sqls", left_censored=censored),
        rate("mql_to_customer_rate", "mqls_to_customer", "mqls", left_censored=censored),
        rate("mql_rejected_rate", "mqls_rejected", "mqls"),
        rate(
            "customers_never_mql_rate",
            "customers_never_mql",
            "customers",
            window_days=0,
            left_censored=censored,
        ),
        Variant(
            "mql_response_hours_median",
            statistic=lambda parts: _median(parts),
            n="mqls_responded",
            needs=NEEDS,
            window_days=window,
        ),
        rate("mql_to_sql_rate_period", "sqls", "mqls", interval=None, window_days=0),
        rate("mql_to_sql_rate_current_status", "mqls_now_sql", "mqls"),
    ]


def _median(parts: Parts) -> float | None:
    return quantile(parts.get("hours", []), 0.5)
