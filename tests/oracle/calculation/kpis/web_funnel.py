"""K07: how far visits come on the way to an order, and where they are lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from oracle.calculation.calendar import GRAINS
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import Session
from oracle.calculation.kpis.by_session import ORDER_LINK, WEB, clusters, delta_of, group, less
from oracle.calculation.statistics import quantile
from oracle.calculation.statuses import Parts, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "device_type", "landing_page", "customer_type")
STEPS = (
    "sessions",
    "sessions_with_product_view",
    "sessions_with_cart",
    "sessions_with_checkout",
    "sessions_with_order",
)
NEEDS = (
    "web_events or web_sessions.has_product_view",
    "web_events or web_sessions.has_cart",
    "web_events or web_sessions.has_checkout",
    ORDER_LINK,
)


PART_NEEDS = {
    STEPS[0]: (WEB,),
    **{step: NEEDS[:number] for number, step in enumerate(STEPS[1:], start=1)},
    "sessions_with_order_open": (WEB, ORDER_LINK),
    **{f"{step}_timed": ("web_events",) for step in STEPS[1:]},
}


def _variants() -> Iterator[Variant]:
    yield Variant(
        "web_funnel_rate",
        STEPS[-1],
        STEPS[0],
        n=STEPS[0],
        interval=delta_of("web_funnel_rate_clusters", upper=1),
        needs=NEEDS,
    )
    for number, (before, step) in enumerate(pairwise(STEPS)):
        needs = NEEDS[: number + 1]
        yield Variant(
            f"{step}_step_rate",
            step,
            before,
            n=before,
            interval=delta_of(f"{step}_clusters", upper=1),
            needs=needs,
        )
        yield Variant(
            f"{step}_lost",
            less(before, step),
            needs=needs,
        )
        yield Variant(
            f"{step}_median_hours",
            n=f"{step}_timed",
            statistic=lambda parts, step=step: quantile(parts.get(f"{step}_hours", ()), 0.5),
            needs=("web_events", *((ORDER_LINK,) if step == STEPS[-1] else ())),
        )
    yield Variant(
        "web_funnel_rate_open",
        "sessions_with_order_open",
        STEPS[0],
        n=STEPS[0],
        interval=delta_of("web_funnel_rate_open_clusters", upper=1),
        needs=(NEEDS[0], ORDER_LINK),
    )


def web_funnel(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_web_funnel`."""
    rows = group(
        world.calendar, GRAINS, world.web.sessions, lambda row: row.session_date, DIMENSIONS
    )
    table = {spot: _parts(sessions) for spot, sessions in rows.items()}
    return world.maker.make_cells("web_funnel", list(_variants()), table, GRAINS, PART_NEEDS)


def _parts(sessions: list[Session]) -> Parts:
    taken = [(row.visitor_id, *_taken(row)) for row in sessions]
    parts: Parts = {name: sum(row[at + 1] for row in taken) for at, name in enumerate(STEPS)}
    parts["sessions_with_order_open"] = sum(bool(row.orders) for row in sessions)
    for at, step in enumerate(STEPS[1:], start=2):
        parts[f"{step}_clusters"] = clusters((row[0], row[at], row[at - 1]) for row in taken)
        parts[f"{step}_hours"] = [
            hours for row in sessions if (hours := _hours(row, at - 2)) is not None
        ]
        parts[f"{step}_timed"] = len(parts[f"{step}_hours"])
    parts["web_funnel_rate_clusters"] = clusters((row[0], row[-1], 1) for row in taken)
    parts["web_funnel_rate_open_clusters"] = clusters(
        (row.visitor_id, bool(row.orders), 1) for row in sessions
    )
    return parts


def _taken(session: Session) -> list[int]:
    """1 for each step that the session took, the first one being that it is there."""
    return [1, *(int(step is not None) for step in session.steps)]


def _hours(session: Session, number: int) -> float | None:
    """Hours from the step before, where both have moments."""
    moments = [session.started_at, *session.steps]
    before, after = moments[number], moments[number + 1]
    if not isinstance(before, datetime) or not isinstance(after, datetime):
        return None
    return (after - before).total_seconds() / 3600
