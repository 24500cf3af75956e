"""Members of the dimensions by which sales are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.calendar import Period
from oracle.calculation.facts import Order
from oracle.calculation.rollup import Sums

if TYPE_CHECKING:
    from oracle.calculation.world import World

CREDITED = ("marketing_channel", "campaign")
OWN = ("sales_channel", "customer_type", "country", "industry", "account_size_band", "sales_rep")

Spot = tuple[str, str]


def own_members(world: World, order: Order) -> list[Spot]:
    """Members of an order, each of which has all of it."""
    channel = world.web.acquisition_channel(order.account_id)
    return [
        *((name, order.members[name]) for name in OWN),
        ("acquisition_channel", channel),
    ]


def credited_members(world: World, order: Order) -> list[tuple[Spot, Decimal]]:
    """Members of an order that have a share of it: by its credits, if it was a sale."""
    credits = world.web.credits_of_order(order.order_id) if order.is_sale else []
    if not credits:
        return [((name, "(unattributed)"), Decimal(1)) for name in CREDITED]
    return [
        (spot, one.credit)
        for one in credits
        for spot in (("marketing_channel", one.channel), ("campaign", one.campaign))
    ]


def add_to_order(
    world: World,
    sums: Sums,
    day: date,
    order: Order,
    measures: dict[str, Decimal | int],
    more: Iterable[Spot] = (),
) -> None:
    """Add measures of an order in the total and in all its members."""
    sums.add(day, measures, [*own_members(world, order), *more])
    for spot, share in credited_members(world, order):
        shared = {name: amount * share for name, amount in measures.items()}
        sums.add(day, shared, [spot], with_total=False)


def holds_one_of(days: Iterable[date]):
    """Whether a period holds one of these days."""
    known = sorted(set(days))

    def test(period: Period) -> bool:
        return any(day in period for day in known)

    return test
