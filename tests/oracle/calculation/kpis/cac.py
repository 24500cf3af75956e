"""K14 and K15: what a new customer costs, and which part of it is marketing's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from oracle.calculation.calendar import GRAINS, Period
from oracle.calculation.costs import ACQUISITION, MARKETING
from oracle.calculation.facts import Credit, Order
from oracle.calculation.kpis.cost_parts import (
    BOOKED,
    COST_NEEDS,
    FULLY_LOADED,
    MEDIA,
    cost_parts,
    cost_spots,
)
from oracle.calculation.kpis.shared import (
    FROM_WEEK,
    Cells,
    Spot,
    active_censored,
    cost_is_missing,
    fx_is_missing,
    left_censored,
    spots,
)
from oracle.calculation.money import money
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import TOTAL, Table, Variant
from oracle.calculation.world import World

CREDITED = ("marketing_channel", "campaign", "program", "initiative", "tactic")
OF_ACCOUNT = ("acquisition_channel", "segment", "industry")


def cac(world: World) -> Cells:
    """The cells of kpi_cac."""
    sums, lag = Sums(world.calendar), timedelta(days=world.number("cac_lag_days"))
    for cost in world.costs.entries:
        where = cost_spots(cost, (*CREDITED, *OF_ACCOUNT))
        parts = cost_parts(cost)
        sums.add(cost.cost_date, parts, where)
        lagged = {"acquisition_cost_lagged": parts["acquisition_cost"]}
        sums.add(cost.cost_date + lag, lagged, where)
    for order in world.sales.first_order.values():
        account = order.account_id
        members = {**order.members, "acquisition_channel": world.web.acquisition_channel(account)}
        sums.add(order.order_date, {"new_customers": 1}, spots(members, OF_ACCOUNT))
        for spot, share in credited_spots(world, order):
            sums.add(order.order_date, {"new_customers": share}, [spot], with_total=False)
    table = sums.table(FROM_WEEK)
    for (_, dimension, _), parts in table.items():
        if dimension in CREDITED:
            parts["new_customers"] = money(Decimal(parts.get("new_customers", 0)))
    _add_active(table, world)
    return world.maker.make_cells("cac", _variants(world), table, FROM_WEEK, COST_NEEDS)


def credited_spots(world: World, order: Order) -> Iterator[tuple[Spot, Decimal]]:
    """Members of the touches that are credited with an order, with their shares."""
    for credit in world.web.credits_of_order(order.order_id):
        for spot in spots(credit_members(world, credit), CREDITED):
            yield spot, credit.credit


def credit_members(world: World, credit: Credit) -> dict[str, str]:
    """The channel and campaign of a credit, and what the campaign belongs to."""
    campaigns = world.campaigns
    is_touch = credit.touched_at is not None
    return {
        "marketing_channel": credit.channel,
        "campaign": credit.campaign,
        **{
            dimension: campaigns.member(credit.campaign, dimension) if is_touch else credit.campaign
            for dimension in campaigns.DIMENSIONS
        },
    }


def _add_active(table: Table, world: World) -> None:
    """Accounts active on the last day of each period; a conversion's touch has none."""
    member_on, today = world.account_members.on, world.reading.today
    for period in world.calendar.all_periods:
        if period.grain not in FROM_WEEK:
            continue
        day = min(period.last_day, today)
        for account, track in world.activity.tracks.items():
            if not track.is_active(day):
                continue
            where = [(dimension, member_on(account, dimension, day)) for dimension in OF_ACCOUNT]
            for spot in (TOTAL, *where):
                parts = table.setdefault((period, *spot), {})
                parts["customers_active_at_end"] = parts.get("customers_active_at_end", 0) + 1
    for (_, dimension, _), parts in table.items():
        if dimension in CREDITED:
            parts["customers_active_at_end"] = None


def _variants(world: World) -> list[Variant]:
    censored = left_censored(world)
    lag = timedelta(days=world.number("cac_lag_days"))
    first_month = world.costs.first_month(ACQUISITION)

    def is_before_costs(period: Period) -> bool:
        return first_month is None or period.start - lag < first_month

    def lagged(period: Period) -> Period:
        return Period(period.grain, period.start - lag, period.end - lag)

    def ratio(name: str, cost: str, scopes: tuple[str, ...], needs: str, **differs) -> Variant:
        made_of = {
            "denominator": "new_customers",
            "n": "new_customers",
            "missing_cost": cost_is_missing(world, scopes),
            "fx_missing": fx_is_missing(world, scopes),
            "left_censored": censored,
            **differs,
        }
        return Variant(name, cost, needs=(needs,), **made_of)

    gap, rate = cost_is_missing(world, ACQUISITION), fx_is_missing(world, ACQUISITION)
    active = "customers_active_at_end"
    return [
        ratio("cac", "acquisition_cost", ACQUISITION, "cost_ledger"),
        ratio("cac_marketing_only", "marketing_cost", MARKETING, BOOKED),
        ratio("cac_fully_loaded", "fully_loaded_cost", FULLY_LOADED, "cost_ledger"),
        ratio("cac_paid_media", "paid_media_cost", MARKETING, MEDIA),
        ratio(
            "cac_per_customer_all",
            "marketing_cost",
            MARKETING,
            BOOKED,
            denominator=active,
            n=active,
            left_censored=active_censored(world),
        ),
        ratio(
            "cac_lagged",
            "acquisition_cost_lagged",
            ACQUISITION,
            "cost_ledger",
            not_estimable=is_before_costs,
            missing_cost=lambda period: gap(lagged(period)),
            fx_missing=lambda period: rate(lagged(period)),
        ),
    ]


def marketing_share(world: World) -> Cells:
    """The cells of kpi_marketing_share_of_cac."""
    sums = Sums(world.calendar)
    for cost in world.costs.entries:
        sums.add(cost.cost_date, cost_parts(cost), cost_spots(cost, ("segment",)))
    for order in world.sales.first_order.values():
        sums.add(order.order_date, {"new_customers": 1}, spots(order.members, ("segment",)))

    def share(name: str, whole: str, scopes: tuple[str, ...]) -> Variant:
        return Variant(
            name,
            "marketing_cost",
            whole,
            needs=("cost_ledger",),
            missing_cost=cost_is_missing(world, scopes),
            fx_missing=fx_is_missing(world, scopes),
        )

    variants = [
        share("marketing_share_of_cac", "acquisition_cost", ACQUISITION),
        share("marketing_share_of_fully_loaded_cac", "fully_loaded_cost", FULLY_LOADED),
    ]
    return world.maker.make_cells(
        "marketing_share_of_cac", variants, sums.table(GRAINS), GRAINS, COST_NEEDS
    )
