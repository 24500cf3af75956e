"""K05 and K25: how many visitors become customers, and what they spend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import Order, Session
from oracle.calculation.kpis.by_session import ORDER_LINK, WEB, clusters, delta_of, group
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.shared import left_censored
from oracle.calculation.money import money
from oracle.calculation.statuses import TOTAL, Parts, Spot, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "campaign", "device_type", "country", "customer_type")
WINDOWS = (30, 90)
FORMS = "web_events or web_sessions.has_form_submit"


PART_NEEDS = {
    "visitors": (WEB,),
    "sessions": (WEB,),
    "visitors_with_form": (FORMS,),
    "visitors_with_action": (FORMS, ORDER_LINK),
    **dict.fromkeys(
        (
            "visitors_with_order",
            "visitors_new_customer",
            "sessions_with_order",
            "orders_from_visitors",
            "order_value_from_visitors",
            *(f"visitors_with_order_within_{days}d" for days in WINDOWS),
        ),
        (WEB, ORDER_LINK),
    ),
}


def order_value(order: Order) -> object:
    """Goods as placed, after discounts, in the reporting currency."""
    return sum(
        money(line.net * order.rate)
        for line in order.lines
        if not line.is_added_later and not line.is_gift_card
    )


def _share(name: str, part: str, *needs: str, **more: object) -> Variant:
    """A share of visitors."""
    return Variant(name, part, "visitors", n="visitors", interval="wilson", needs=needs, **more)


def _variants(world: World) -> Iterator[Variant]:
    yield _share("visitor_conversion_rate", "visitors_with_order", WEB, ORDER_LINK)
    yield Variant(
        "orders_per_visitor",
        "orders_from_visitors",
        "visitors",
        n="visitors",
        interval=delta_of("orders_by_visitor"),
        needs=(WEB, ORDER_LINK),
    )
    yield Variant(
        "session_conversion_rate",
        "sessions_with_order",
        "sessions",
        n="sessions",
        interval=delta_of("sessions_by_visitor", upper=1),
        needs=(WEB, ORDER_LINK),
    )
    yield _share("visitor_form_rate", "visitors_with_form", FORMS)
    yield _share("visitor_action_rate", "visitors_with_action", FORMS, ORDER_LINK)
    yield _share(
        "visitor_new_customer_rate",
        "visitors_new_customer",
        WEB,
        ORDER_LINK,
        left_censored=left_censored(world),
    )
    for days in WINDOWS:
        yield _share(
            f"visitor_conversion_rate_within_{days}d",
            f"visitors_with_order_within_{days}d",
            WEB,
            ORDER_LINK,
            window_days=days,
        )
    yield Variant(
        "revenue_per_visitor",
        "order_value_from_visitors",
        "visitors",
        n="visitors",
        interval=delta_of("value_by_visitor", lower=None),
        needs=(WEB, ORDER_LINK),
        fx_missing=holds_one_of(world.sales.fx_missing),
    )


def visitor_conversion(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_visitor_conversion`."""
    rows = group(
        world.calendar, FROM_WEEK, world.web.sessions, lambda row: row.session_date, DIMENSIONS
    )
    acts = _acts(world, {spot: rows[spot] for spot in rows if spot[1:] == TOTAL})
    table = {spot: _parts(sessions, acts[spot[0]]) for spot, sessions in rows.items()}
    variants = list(_variants(world))
    return world.maker.make_cells("visitor_conversion", variants, table, FROM_WEEK, PART_NEEDS)


def _acts(world: World, totals: dict[Spot, list[Session]]) -> dict[Period, dict[str, Parts]]:
    """What each visitor of each period did in it, whatever channel brought them."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in world.sales.valid:
        visitor_id = world.web.order_visits[order.order_id].visitor_id
        if visitor_id is not None:
            orders[visitor_id].append(order)
    found: dict[Period, dict[str, Parts]] = {}
    for (period, *_), sessions in totals.items():
        by_visitor: dict[str, list[Session]] = defaultdict(list)
        for session in sessions:
            by_visitor[session.visitor_id].append(session)
        found[period] = {
            visitor_id: _act(period, own, orders.get(visitor_id, []))
            for visitor_id, own in by_visitor.items()
        }
    return found


def _act(period: Period, sessions: list[Session], orders: list[Order]) -> Parts:
    inside = [order for order in orders if order.order_date in period]
    first = min(session.session_date for session in sessions)
    has_form = any(session.has_form for session in sessions)
    return {
        "orders": len(inside),
        "value": sum(order_value(order) for order in inside),
        "has_order": bool(inside),
        "has_form": has_form,
        "has_action": has_form or bool(inside),
        "is_new_customer": any(order.is_first_of_account for order in inside),
        **{
            f"within_{days}d": any(
                first <= order.order_date <= first + timedelta(days) for order in orders
            )
            for days in WINDOWS
        },
    }


def _parts(sessions: list[Session], acts: dict[str, Parts]) -> Parts:
    visitors = {session.visitor_id for session in sessions}
    own = [acts[visitor_id] for visitor_id in visitors]
    return {
        "visitors": len(visitors),
        "sessions": len(sessions),
        "sessions_with_order": sum(bool(session.orders) for session in sessions),
        "visitors_with_order": sum(act["has_order"] for act in own),
        "visitors_with_form": sum(act["has_form"] for act in own),
        "visitors_with_action": sum(act["has_action"] for act in own),
        "visitors_new_customer": sum(act["is_new_customer"] for act in own),
        "orders_from_visitors": sum(act["orders"] for act in own),
        "order_value_from_visitors": sum(act["value"] for act in own),
        **{
            f"visitors_with_order_within_{days}d": sum(act[f"within_{days}d"] for act in own)
            for days in WINDOWS
        },
        "orders_by_visitor": [(act["orders"], 1) for act in own],
        "value_by_visitor": [(act["value"], 1) for act in own],
        "sessions_by_visitor": clusters(
            (session.visitor_id, bool(session.orders), 1) for session in sessions
        ),
    }
