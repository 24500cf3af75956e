"""K10: how good leads are, and whether the score foretells the outcome."""

from __future__ import annotations

from decimal import Decimal

from oracle.calculation.kpis.lead_conversion import eligible_leads, within
from oracle.calculation.kpis.shared import FROM_WEEK, Cells, Lists, left_censored, spots
from oracle.calculation.lead_journeys import ACCEPTED
from oracle.calculation.rollup import Sums, merged
from oracle.calculation.statistics import quantile
from oracle.calculation.statuses import TOTAL, Parts, Table, Variant
from oracle.calculation.world import World

DIMENSIONS = ("lead_source", "marketing_channel", "campaign", "score_band", "score_version")
BANDS = ("score_band", "is_qualified")
SCORED = "lead_scores or lead_criteria"
UNKNOWN = "(unknown)"


def quality(world: World) -> Cells:
    """The cells of kpi_lead_quality."""
    sums, lists = Sums(world.calendar), Lists(world.calendar)
    for journey in world.journeys:
        lead = journey.lead
        if not lead.counts:
            continue
        score = world.lead_scores[lead.lead_id]
        own = {"score_band": score.band, "score_version": score.version or UNKNOWN}
        members = spots({**lead.members, **own}, DIMENSIONS)
        is_scored = score.score is not None
        is_accepted = journey.entered(*ACCEPTED) is not None
        is_rejected = not is_accepted and journey.entered("rejected") is not None
        is_qualified = is_scored and score.score >= world.number("qualified_score")
        sums.add(
            lead.created_date,
            {
                "leads": 1,
                "leads_scored": int(is_scored),
                "score_sum": score.score if is_scored else Decimal(0),
                "leads_qualified": int(is_qualified),
                "leads_reachable": int(lead.is_reachable),
                "leads_fit": int(score.is_fit),
                "leads_accepted": int(is_accepted),
                "leads_rejected": int(is_rejected),
                "leads_judged": int(is_accepted or is_rejected),
                "leads_with_criteria": int(score.criteria_seen > 0),
                "criteria_seen": score.criteria_seen,
                "criteria_expected": score.criteria_expected,
            },
            members,
        )
        if is_scored:
            lists.add(lead.created_date, "scores", score.score, members)
    table = merged(sums.table(FROM_WEEK), lists.found)
    return world.maker.make_cells("lead_quality", _quality_variants(world), table, FROM_WEEK)


def _quality_variants(world: World) -> list[Variant]:
    after = world.number("score_after_days")

    def share(
        name: str, above: str, below: str, *needs: str, days: int = after, **differs: object
    ) -> Variant:
        return Variant(
            name,
            above,
            below,
            **{"n": below, "interval": "wilson", **differs},
            needs=("leads", *needs),
            window_days=days,
        )

    reach = "leads.email or leads.phone or leads.contact_id"
    return [
        share("lead_score_average", "score_sum", "leads_scored", SCORED, interval=None),
        Variant(
            "lead_score_median",
            statistic=lambda parts: quantile(parts.get("scores", []), 0.5),
            n="leads_scored",
            needs=("leads", SCORED),
            window_days=after,
        ),
        share("qualified_share", "leads_qualified", "leads_scored", SCORED),
        share("scored_share", "leads_scored", "leads", SCORED),
        share("reachable_share", "leads_reachable", "leads", reach, days=0),
        share("fit_share", "leads_fit", "leads_with_criteria", "lead_criteria"),
        share(
            "sales_accepted_share",
            "leads_accepted",
            "leads_judged",
            "lead_stage_history",
            days=world.number("mql_window_days"),
        ),
        share(
            "score_completeness",
            "criteria_seen",
            "criteria_expected",
            "lead_criteria",
            n="leads_with_criteria",
            interval=None,
        ),
    ]


def calibration(world: World) -> Cells:
    """The cells of kpi_lead_score_calibration."""
    window = world.number("lead_window_days")
    sums, lists = Sums(world.calendar), Lists(world.calendar)
    for lead in eligible_leads(world):
        if not lead.is_mature(window):
            continue
        score = world.lead_scores[lead.lead.lead_id]
        is_scored = score.score is not None
        is_converted = within(lead.days_to_order, window)
        is_qualified = is_scored and score.score >= world.number("qualified_score")
        qualified = str(is_qualified).lower() if is_scored else UNKNOWN
        members = spots({"score_band": score.band, "is_qualified": qualified}, BANDS)
        sums.add(
            lead.created,
            {"leads": 1, "leads_converted": int(is_converted), "leads_scored": int(is_scored)},
            members,
        )
        if is_scored:
            lists.add(lead.created, "outcomes", (score.score, is_converted), ())
    table = merged(sums.table(FROM_WEEK), lists.found)
    _add_totals_and_pairs(table)
    variants = _calibration_variants(world, window)
    return world.maker.make_cells("lead_score_calibration", variants, table, FROM_WEEK)


def _add_totals_and_pairs(table: Table) -> None:
    """The rate of all leads beside that of each member; pairs of leads in the total only."""
    for (period, dimension, member), parts in table.items():
        parts["of_total"] = table[(period, *TOTAL)]
        if (dimension, member) == TOTAL:
            pairs, won = _pairs(parts.get("outcomes", []))
            parts["score_pairs"], parts["score_pairs_won"] = pairs, won
        else:
            parts["score_pairs"] = parts["score_pairs_won"] = None


def _pairs(outcomes: list[tuple[Decimal, bool]]) -> tuple[int, Decimal]:
    """Pairs of a lead that converted and one that did not; how many the former won, ties half."""
    converted = [score for score, is_converted in outcomes if is_converted]
    others = [score for score, is_converted in outcomes if not is_converted]
    won = sum(
        (
            Decimal(1) if score > other else Decimal("0.5") if score == other else Decimal(0)
            for score in converted
            for other in others
        ),
        Decimal(0),
    )
    return len(converted) * len(others), won


def _calibration_variants(world: World, window: int) -> list[Variant]:
    common = {
        "needs": ("leads", SCORED),
        "window_days": window,
        "left_censored": left_censored(world),
    }
    return [
        Variant(
            "band_conversion_rate",
            "leads_converted",
            "leads",
            n="leads",
            interval="wilson",
            **common,
        ),
        Variant("band_lift", statistic=_lift, n="leads", **common),
        Variant("auc", "score_pairs_won", "score_pairs", n="leads_scored", **common),
    ]


def _lift(parts: Parts) -> float | None:
    total = parts.get("of_total", {})
    if not parts.get("leads") or not total.get("leads_converted"):
        return None
    rate = parts["leads_converted"] / parts["leads"]
    return rate / (total["leads_converted"] / total["leads"])
