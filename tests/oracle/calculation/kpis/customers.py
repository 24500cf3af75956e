"""K18 to K21: churn, retention, repeat customers and lifetime value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.kpis.churn import snapshot_parts
from oracle.calculation.kpis.churn_variants import (
    churn_variants,
    p_alive_variant,
    retention_variants,
)
from oracle.calculation.kpis.cohorts import cohort_retention_parts, cohort_value_parts
from oracle.calculation.kpis.lifetime_cells import (
    BROUGHT_NEEDS,
    COSTS,
    clv,
    customer_equity,
    unit_economics,
)
from oracle.calculation.kpis.list_churn import email_list_churn
from oracle.calculation.kpis.repeat import REPEAT_WINDOW, repeat_parts
from oracle.calculation.kpis.shared import active_censored, left_censored
from oracle.calculation.kpis.tenure import tenure_parts
from oracle.calculation.statuses import Table, Variant
from oracle.calculation.world import World

Cells = Iterator[tuple[CellKey, Cell]]

BY_ACCOUNT = ("segment", "industry", "account_size_band", "acquisition_channel")
SNAPSHOT = (*BY_ACCOUNT, "tenure_band", "plan")


def periods_of(world: World) -> list[Period]:
    """Every period from the week on."""
    return [period for grain in FROM_WEEK for period in world.calendar.periods[grain]]


def account_snapshots(world: World) -> Table:
    """Accounts lost, won, won back and kept, by period and member."""
    return snapshot_parts(
        world.activity.tracks,
        periods_of(world),
        (*SNAPSHOT, "cancel_reason"),
        world.account_members.on,
        world.activity.reason_of,
        world.reading.today,
        world.activity.is_modelled,
    )


def customer_churn(world: World) -> Cells:
    """kpi_customer_churn."""
    censored = active_censored(world)
    variants = churn_variants("", (), censored, of_contracts=("subscriptions",))
    variants.append(p_alive_variant())
    of_contracts = dict.fromkeys(("lost_voluntary", "lost_involuntary"), ("subscriptions",))
    return world.maker.make_cells(
        "customer_churn", variants, account_snapshots(world), FROM_WEEK, of_contracts
    )


def customer_retention(world: World) -> Cells:
    """kpi_customer_retention."""
    censored = active_censored(world)
    snapshots = account_snapshots(world).items()
    table = {spot: parts for spot, parts in snapshots if spot[1] != "cancel_reason"}
    variants = retention_variants(censored)
    return world.maker.make_cells("customer_retention", variants, table, FROM_WEEK)


def subscription_churn(world: World) -> Cells:
    """kpi_subscription_churn."""
    contracts = world.subscriptions
    table = snapshot_parts(
        contracts.tracks,
        periods_of(world),
        (*SNAPSHOT, "cancel_reason"),
        contracts.member_on,
        contracts.reason_of,
        world.reading.today,
    )
    variants = churn_variants("subscription_", ("subscriptions",), None)
    return world.maker.make_cells("subscription_churn", variants, table, FROM_WEEK)


def churn_by_tenure(world: World) -> Cells:
    """kpi_churn_by_tenure."""
    censored = active_censored(world)
    table = tenure_parts(world.activity.tracks, periods_of(world), world.reading.today)
    at_risk = "customers_at_risk"
    variants = [
        Variant(
            "churn_hazard",
            "customers_lost",
            at_risk,
            at_risk,
            interval="wilson",
            left_censored=censored,
        ),
        Variant(
            "survival",
            n=at_risk,
            statistic=lambda parts: parts.get("survival"),
            left_censored=censored,
        ),
    ]
    return world.maker.make_cells("churn_by_tenure", variants, table, FROM_WEEK)


def cohort_retention(world: World) -> Cells:
    """kpi_cohort_retention."""
    table = cohort_retention_parts(world.order_dates, world.calendar.periods["month"])
    size = "cohort_customers"
    rate = Variant(
        "cohort_retention_rate",
        "customers_ordering",
        size,
        size,
        interval="wilson",
        left_censored=left_censored(world),
    )
    return _cohort_cells(world, "cohort_retention", [rate], table, {})


def _cohort_cells(
    world: World,
    kpi: str,
    variants: list[Variant],
    table: Table,
    part_needs: dict[str, tuple[str, ...]],
) -> Cells:
    """A cohort is left-censored by its own month, however late it is looked at."""
    cohorts: dict[str, Table] = {}
    for spot, parts in table.items():
        cohorts.setdefault(spot[2], {})[spot] = parts
    for cohort, own in cohorts.items():
        of_cohort = [replace(one, left_censored=_of_cohort(one, cohort)) for one in variants]
        cells = world.maker.make_cells(kpi, of_cohort, own, ("month",), part_needs)
        yield from ((key, cell) for key, cell in cells if key.dimension_value == cohort)


def _of_cohort(variant: Variant, cohort: str):
    """The test of the variant for the month of a cohort."""
    if cohort == "all":
        return variant.left_censored
    month = None if cohort == UNKNOWN else date.fromisoformat(f"{cohort}-01")
    return lambda period: month is not None and variant.left_censored(replace(period, start=month))


def cohort_value(world: World) -> Cells:
    """kpi_cohort_value."""
    table = cohort_value_parts(world.order_dates, world.brought, world.calendar.periods["month"])
    size = "cohort_customers"
    days = world.sales_without_rate
    common = {
        "denominator": size,
        "n": size,
        "left_censored": left_censored(world),
        "fx_missing": lambda period: any(day < period.end for day in days),
    }
    variants = [
        Variant("cohort_value", "net_sales_to_date", needs=("refunds",), **common),
        Variant(
            "cohort_value_margin",
            "margin_to_date",
            needs=("refunds", COSTS),
            **common,
        ),
    ]
    return _cohort_cells(world, "cohort_value", variants, table, BROUGHT_NEEDS)


def repeat_customers(world: World) -> Cells:
    """kpi_repeat_customers."""
    table = repeat_parts(
        world.order_dates,
        periods_of(world),
        ("acquisition_channel", "industry", "segment", "first_product_category"),
        world.account_members.on,
        world.reading.today,
    )
    common = {"interval": "wilson", "left_censored": left_censored(world)}
    ever, bought, new = "customers_ever", "customers_in_period", "new_customers"
    variants = [
        Variant("repeat_customer_rate", "customers_repeat", ever, ever, **common),
        Variant(
            "repeat_customer_rate_in_period",
            "customers_in_period_returning",
            bought,
            bought,
            **common,
        ),
        Variant(
            "repeat_customer_rate_within_365d",
            "new_customers_repeat_365d",
            new,
            new,
            window_days=REPEAT_WINDOW.days,
            **common,
        ),
        Variant("repeat_customer_rate_raw_orders", "customers_repeat_raw", ever, ever, **common),
    ]
    return world.maker.make_cells("repeat_customers", variants, table, FROM_WEEK)


KPIS = {
    "customer_churn": customer_churn,
    "subscription_churn": subscription_churn,
    "email_list_churn": email_list_churn,
    "churn_by_tenure": churn_by_tenure,
    "customer_retention": customer_retention,
    "cohort_retention": cohort_retention,
    "repeat_customers": repeat_customers,
    "clv": clv,
    "unit_economics": unit_economics,
    "customer_equity": customer_equity,
    "cohort_value": cohort_value,
}
