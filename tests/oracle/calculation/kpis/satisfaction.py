"""K24: net promoter scores, and what became of those who answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.identity import NO_ACCOUNT, UNKNOWN
from oracle.calculation.kpis.lifetime import window_of
from oracle.calculation.kpis.nps_parts import nps_parts, outcome_parts, outcomes
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.shared import active_censored, begins_before, first_sale
from oracle.calculation.statistics import NO_INTERVAL, Interval, delta
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.surveys import Answer, resurveys
from oracle.calculation.world import World

Cells = Iterator[tuple[CellKey, Cell]]

SURVEYS = ("surveys", "survey_responses")
BY_ACCOUNT = ("segment", "industry", "account_size_band")


def nps(world: World) -> Cells:
    """kpi_nps."""
    answers = world.answers
    fx_missing = holds_one_of(world.sales_without_rate)
    table = nps_parts(
        answers,
        resurveys(answers, world.number("resurvey_days")),
        _periods(world),
        (*BY_ACCOUNT, "product", "account"),
        lambda answer, dimension, day: _member(world, answer, dimension, day),
        world.net_sales,
    )
    variants = [
        _score("nps", ""),
        _score("nps_transactional", "_transactional"),
        Variant("nps_account_equal", "account_score_sum", "accounts", "accounts", needs=SURVEYS),
        Variant(
            "nps_revenue_weighted",
            "account_score_net_sales",
            "account_net_sales",
            "accounts",
            needs=(*SURVEYS, "refunds"),
            fx_missing=lambda period: fx_missing(Period("r12m", *window_of(period.end))),
        ),
        _score("nps_all_responses", "_all", has_interval=False),
        _score("nps_without_resurveys", "_without_resurveys"),
        Variant(
            "nps_response_rate",
            "invited_answered",
            "invited",
            "invited",
            interval="wilson",
            needs=SURVEYS,
        ),
    ]
    return world.maker.make_cells("nps", variants, table, FROM_WEEK)


def _score(name: str, suffix: str, has_interval: bool = True) -> Variant:
    """100 x (promoters - detractors) / responses."""

    def interval(parts: Parts) -> Interval:
        return nps_interval(
            parts[f"promoters{suffix}"], parts[f"detractors{suffix}"], parts[f"responses{suffix}"]
        )

    responses = f"responses{suffix}"
    return Variant(
        name,
        f"net_promoters{suffix}",
        responses,
        responses,
        scale=100,
        interval=interval if has_interval else None,
        needs=SURVEYS,
    )


def nps_interval(promoters: int, detractors: int, n: int) -> Interval:
    """The score's own interval, cut at -100 and 100."""
    if not n:
        return NO_INTERVAL
    high, low = promoters / n, detractors / n
    half = 100 * 1.96 * ((high + low - (high - low) ** 2) / n) ** 0.5
    score = 100 * (high - low)
    return max(-100.0, score - half), min(100.0, score + half)


def _member(world: World, answer: Answer, dimension: str, day: date) -> str | None:
    """The member of an answer; who is anonymous counts in the total only."""
    if dimension == "total":
        return "all"
    if answer.is_anonymous:
        return None
    if dimension == "product":
        return answer.product_id or UNKNOWN
    if answer.account_id is None:
        return NO_ACCOUNT
    if dimension == "account":
        return answer.account_id
    return world.account_members.on(answer.account_id, dimension, day)


def nps_outcome(world: World) -> Cells:
    """kpi_nps_outcome."""
    window_days = world.number("nps_outcome_days")
    found = outcomes(
        world.answers,
        world.activity.tracks,
        world.net_sales,
        window_days,
        world.reading.today,
    )
    table, sales = outcome_parts(found, _periods(world))
    for spot, parts in table.items():
        parts["sales"] = sales.get(spot, [])
    common = {"window_days": window_days}
    variants = [
        Variant(
            "nps_outcome_retention_rate",
            "accounts_retained",
            "accounts_active",
            "accounts_active",
            interval="wilson",
            needs=SURVEYS,
            left_censored=active_censored(world),
            **common,
        ),
        Variant(
            "nps_outcome_expansion",
            "net_sales_after",
            "net_sales_before",
            "accounts",
            interval=lambda parts: delta(parts["sales"]),
            needs=(*SURVEYS, "refunds"),
            fx_missing=holds_one_of(world.sales_without_rate),
            # Who began to order in these days has had no whole window before the answer.
            left_censored=begins_before(first_sale(world), window_days),
            **common,
        ),
    ]
    return world.maker.make_cells("nps_outcome", variants, table, FROM_WEEK)


def _periods(world: World) -> list[Period]:
    return [period for grain in FROM_WEEK for period in world.calendar.periods[grain]]


KPIS = {"nps": nps, "nps_outcome": nps_outcome}
