"""K17: what each attribution model credits, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.attribution import UNATTRIBUTED
from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.channels import Campaigns
from oracle.calculation.credit_models import MODELS
from oracle.calculation.entries import NET_SIGN
from oracle.calculation.facts import Credit
from oracle.calculation.kpis.marketing_originated import TOUCHES
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.shared import left_censored
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

NEEDS = {
    "orders": (TOUCHES,),
    "new_customers": (TOUCHES,),
    "leads": ("leads", TOUCHES),
    "net_sales": ("refunds", TOUCHES),
}


def attribution(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_attribution`."""
    sums = Sums(world.calendar)
    for order in world.sales.valid:
        measures = {"orders": Decimal(1), "new_customers": Decimal(order.is_first_of_account)}
        _add(world, sums, order.order_date, "order", order.order_id, measures)
    for lead in world.leads:
        if lead.counts:
            _add(world, sums, lead.created_date, "lead", lead.lead_id, {"leads": Decimal(1)})
    for entry in world.sales.entries:
        if entry.kind in NET_SIGN:
            measures = {"net_sales": entry.amount * NET_SIGN[entry.kind]}
            _add(world, sums, entry.entry_date, "order", entry.order.order_id, measures)
    variants = list(_variants(world))
    return world.maker.make_cells("attribution", variants, sums.table(FROM_WEEK), FROM_WEEK)


def _variants(world: World) -> Iterator[Variant]:
    left = {"new_customers": left_censored(world)}
    rate = {"net_sales": holds_one_of(world.sales.fx_missing)}
    for model in MODELS:
        for measure, needs in NEEDS.items():
            name = f"{measure}_{model}"
            yield Variant(
                name,
                name,
                needs=needs,
                left_censored=left.get(measure),
                fx_missing=rate.get(measure),
            )


def _add(
    world: World,
    sums: Sums,
    day: date,
    kind: str,
    conversion_id: str,
    measures: dict[str, Decimal],
) -> None:
    """Add what a conversion brings to all that have a share in it, model by model."""
    by_model = world.web.credits.get((kind, conversion_id), {})
    for model in MODELS:
        named = {f"{name}_{model}": amount for name, amount in measures.items()}
        sums.add(day, named, ())
        for one in by_model.get(model) or [NOBODY]:
            shared = {name: amount * one.credit for name, amount in named.items()}
            sums.add(day, shared, _members(world, one), with_total=False)


NOBODY = Credit("order", "", "", UNATTRIBUTED, UNATTRIBUTED, None, Decimal(1))


def _members(world: World, one: Credit) -> list[tuple[str, str]]:
    """The channel and the campaign of a touch, and what the campaign belongs to."""
    campaign = one.campaign
    return [
        ("marketing_channel", one.channel),
        ("campaign", campaign),
        *(
            (
                dimension,
                campaign
                if campaign == UNATTRIBUTED
                else world.campaigns.member(campaign, dimension),
            )
            for dimension in Campaigns.DIMENSIONS
        ),
    ]
