"""K16: customers won through marketing, and whom marketing reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import Order
from oracle.calculation.identity import NO_ACCOUNT
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.shared import left_censored
from oracle.calculation.kpis.visitor_conversion import order_value
from oracle.calculation.rollup import Sums, Units, merged
from oracle.calculation.statuses import Parts, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

TOUCHES = "touches or web_events or web_sessions"
ORIGIN = f"{TOUCHES} or companies.original_source"
PART_NEEDS = {
    "new_customers_originated": (ORIGIN,),
    "new_customers_influenced": (ORIGIN,),
    "new_customers_without_touch": (ORIGIN,),
    "new_customers_known": (ORIGIN,),
    "new_customers_credited": (TOUCHES,),
    "first_order_value_originated": (ORIGIN,),
    "people_reached": (TOUCHES,),
}


def _variants(world: World) -> Iterable[Variant]:
    censored = left_censored(world)

    def rate(name: str, part: str, over: str = "new_customers", **more: object) -> Variant:
        settings = {"n": over, "needs": (ORIGIN,), "interval": "wilson", **more}
        return Variant(name, part, over, left_censored=censored, **settings)

    return (
        rate("marketing_originated_rate", "new_customers_originated"),
        rate(
            "marketing_originated_rate_known_only",
            "new_customers_originated",
            over="new_customers_known",
        ),
        rate("marketing_influenced_rate", "new_customers_influenced"),
        rate(
            "marketing_attributed_rate",
            "new_customers_credited",
            needs=(TOUCHES,),
            interval=None,
        ),
        rate(
            "marketing_originated_sales_rate",
            "first_order_value_originated",
            over="first_order_value",
            n="new_customers",
            interval=None,
            fx_missing=holds_one_of(world.sales.fx_missing),
        ),
        Variant("people_reached", "people_reached", needs=(TOUCHES,)),
    )


def marketing_originated(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_marketing_originated`."""
    customers = Sums(world.calendar)
    for order in world.sales.first_order.values():
        begun = world.web.beginning(order.account_id)
        members = {
            "acquisition_channel": begun.channel,
            "campaign": begun.campaign,
            "industry": order.members["industry"],
        }
        customers.add(order.order_date, _measures(world, order), members.items())
    people = Units(world.calendar)
    for touch in world.web.all_touches:
        if touch.is_marketing and touch.person_id is not None:
            day = world.reading.business_date(touch.touched_at)
            industry = NO_ACCOUNT
            if touch.account_id is not None:
                industry = world.identity.members(touch.account_id, day)["industry"]
            members = {
                "acquisition_channel": touch.channel,
                "campaign": touch.campaign,
                "industry": industry,
            }
            people.add(day, {"people_reached": touch.person_id}, members.items())
    table = merged(customers.table(FROM_WEEK), people.table(FROM_WEEK))
    variants = _variants(world)
    return world.maker.make_cells("marketing_originated", variants, table, FROM_WEEK, PART_NEEDS)


def _measures(world: World, order: Order) -> Parts:
    """What one new customer adds, by the first order."""
    begun = world.web.beginning(order.account_id)
    value = order_value(order)
    is_marketing = world.channels.is_marketing
    credits = world.web.credits_of_order(order.order_id)
    return {
        "new_customers": 1,
        "new_customers_originated": int(begun.is_marketing),
        "new_customers_influenced": int(begun.is_influenced),
        "new_customers_without_touch": int(not begun.is_known),
        "new_customers_known": int(begun.is_known),
        "new_customers_credited": sum(one.credit for one in credits if is_marketing(one.channel)),
        "first_order_value": value,
        "first_order_value_originated": value if begun.is_marketing else 0,
    }
