"""K17: what marketing gives back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from oracle.calculation.costs import MARKETING
from oracle.calculation.entries import NET_SIGN
from oracle.calculation.facts import Credit, Entry
from oracle.calculation.kpis.cost_parts import BOOKED, cost_parts, cost_spots
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.revenue import COSTS
from oracle.calculation.kpis.sales_cycle import TOUCHES
from oracle.calculation.kpis.shared import (
    FROM_WEEK,
    Cells,
    cost_is_missing,
    fx_is_missing,
    left_censored,
)
from oracle.calculation.money import ZERO, money
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import Parts, Table, Variant
from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "campaign")
TOUCH_WINDOWS = (30, 90, 365)
ATTRIBUTED = ("refunds", TOUCHES)
PART_NEEDS = {
    "attributed_net_sales": ATTRIBUTED,
    "attributed_net_sales_returning": ATTRIBUTED,
    "attributed_net_sales_paid": ATTRIBUTED,
    "attributed_margin": (*ATTRIBUTED, COSTS),
    "touch_dated": ATTRIBUTED,
    **{f"touch_dated_{days}d": ATTRIBUTED for days in TOUCH_WINDOWS},
    "net_sales": ("refunds",),
    "marketing_cost": (BOOKED,),
    "platform_spend": ("ad_spend",),
    "platform_revenue": ("ad_spend.platform_revenue",),
}


def cells(world: World) -> Cells:
    """The cells of kpi_romi."""
    sums = Sums(world.calendar)
    for cost in world.costs.entries:
        amounts = {"marketing_cost": cost_parts(cost)["marketing_cost"]}
        if cost.is_ad_spend:
            amounts["platform_spend"] = cost.amount
            amounts["platform_revenue"] = cost.platform_revenue
        sums.add(cost.cost_date, amounts, cost_spots(cost, DIMENSIONS))
    for entry in world.sales.entries:
        _add_entry(entry, sums, world)
    table = sums.table(FROM_WEEK)
    _round(table)
    return world.maker.make_cells("romi", _variants(world), table, FROM_WEEK, PART_NEEDS)


def _add_entry(entry: Entry, sums: Sums, world: World) -> None:
    net = NET_SIGN.get(entry.kind, 0) * entry.amount
    margin = net - (entry.amount if entry.kind == "cost" else ZERO)
    if not net and not margin:
        return
    order = entry.order
    sums.add(entry.entry_date, {"net_sales": net}, ())
    credits = world.web.credits_of_order(order.order_id) if order.is_sale else []
    if not credits:
        nobody = [(dimension, "(unattributed)") for dimension in DIMENSIONS]
        sums.add(entry.entry_date, {"net_sales": net}, nobody, with_total=False)
    for credit in credits:
        where = [("marketing_channel", credit.channel), ("campaign", credit.campaign)]
        share = credit.credit
        sums.add(entry.entry_date, {"net_sales": net * share}, where, with_total=False)
        if not world.channels.is_marketing(credit.channel):
            continue
        is_returning = order.customer_type == "returning"
        is_paid = world.channels.is_paid(credit.channel)
        amounts = {
            "attributed_net_sales": net * share,
            "attributed_net_sales_returning": net * share if is_returning else ZERO,
            "attributed_margin": margin * share,
            "attributed_net_sales_paid": net * share if is_paid else ZERO,
        }
        sums.add(entry.entry_date, amounts, where)
        touched, amounts = _touch_dated(entry.entry_date, net * share, credit, world)
        sums.add(touched, amounts, where)


def _touch_dated(
    day: date, amount: Decimal, credit: Credit, world: World
) -> tuple[date, dict[str, Decimal]]:
    """The day of the touch, and what came within each number of days of it, the last included."""
    touched = world.calendar.business_date(credit.touched_at)
    amounts = {"touch_dated": amount}
    for days in TOUCH_WINDOWS:
        amounts[f"touch_dated_{days}d"] = amount if day <= touched + timedelta(days) else ZERO
    return touched, amounts


def _round(table: Table) -> None:
    for parts in table.values():
        for name, amount in parts.items():
            parts[name] = money(amount)


def _variants(world: World) -> list[Variant]:
    sales_fx, cost_fx = holds_one_of(world.sales.fx_missing), fx_is_missing(world, MARKETING)
    gap = cost_is_missing(world, MARKETING)

    def ratio(name: str, numerator, *needs: str, **differs) -> Variant:
        made_of = {
            "denominator": "marketing_cost",
            "missing_cost": gap,
            "fx_missing": lambda period: sales_fx(period) or cost_fx(period),
            **differs,
        }
        return Variant(name, numerator, needs=needs, **made_of)

    media = {
        "denominator": "platform_spend",
        "missing_cost": cost_is_missing(world, ("marketing_program",)),
    }
    to_date = world.number("attribution_lookback_days") + world.number("return_window_days")
    return [
        ratio("romi", "attributed_net_sales", *ATTRIBUTED, BOOKED),
        ratio("romi_net_return", _after_cost("attributed_net_sales"), *ATTRIBUTED, BOOKED),
        ratio("romi_margin_return", _after_cost("attributed_margin"), *ATTRIBUTED, BOOKED, COSTS),
        ratio("marketing_efficiency_ratio", "net_sales", "refunds", BOOKED),
        ratio(
            "romi_returning",
            "attributed_net_sales_returning",
            *ATTRIBUTED,
            BOOKED,
            left_censored=left_censored(world),
        ),
        ratio(
            "roas_platform_reported",
            "platform_revenue",
            "ad_spend.platform_revenue",
            **{**media, "fx_missing": cost_fx},
        ),
        ratio("roas", "attributed_net_sales_paid", *ATTRIBUTED, "ad_spend", **media),
        ratio("romi_touch_dated", "touch_dated", *ATTRIBUTED, BOOKED, window_days=to_date),
        *(
            ratio(
                f"romi_touch_dated_{days}d",
                f"touch_dated_{days}d",
                *ATTRIBUTED,
                BOOKED,
                window_days=days,
            )
            for days in TOUCH_WINDOWS
        ),
    ]


def _after_cost(name: str):
    def take(parts: Parts) -> Decimal | None:
        brought, cost = (parts.get(part, ZERO) for part in (name, "marketing_cost"))
        return None if brought is None or cost is None else brought - cost

    return take
