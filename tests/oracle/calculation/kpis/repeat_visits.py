"""K04: visits by people who were there before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import Session
from oracle.calculation.kpis.by_session import WEB, clusters, delta_of, group, less
from oracle.calculation.kpis.shared import begins_before
from oracle.calculation.statuses import Parts, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "device_type", "country", "customer_type")


def repeat_visits(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_repeat_visits`."""
    rows = group(
        world.calendar, FROM_WEEK, world.web.sessions, lambda row: row.session_date, DIMENSIONS
    )
    table = {spot: _parts(found) for spot, found in rows.items()}
    # Nobody can be shown to be new in the first days of history.
    left_censored = begins_before(world.web.first_day, world.number("left_censor_days"))
    censored = {"needs": (WEB,), "left_censored": left_censored}
    variants = (
        Variant(
            "repeat_visit_rate",
            "repeat_visits",
            "total_visits",
            n="total_visits",
            interval=delta_of("repeats_by_visitor", upper=1),
            **censored,
        ),
        Variant("first_ever_visits", less("total_visits", "repeat_visits"), **censored),
        Variant(
            "returning_visitor_share",
            "visitors_with_repeat_visit",
            "unique_visitors",
            n="unique_visitors",
            interval="wilson",
            **censored,
        ),
        Variant(
            "repeat_visit_rate_by_account",
            "repeat_visits_by_account",
            "total_visits",
            n="total_visits",
            **censored,
        ),
    )
    return world.maker.make_cells("repeat_visits", variants, table, FROM_WEEK)


def _parts(sessions: list[Session]) -> Parts:
    return {
        "total_visits": len(sessions),
        "repeat_visits": sum(row.is_repeat for row in sessions),
        "unique_visitors": len({row.visitor_id for row in sessions}),
        "visitors_with_repeat_visit": len({row.visitor_id for row in sessions if row.is_repeat}),
        "repeat_visits_by_account": sum(row.is_repeat_of_account for row in sessions),
        "repeats_by_visitor": clusters((row.visitor_id, row.is_repeat, 1) for row in sessions),
    }
