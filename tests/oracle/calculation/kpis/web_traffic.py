"""K03: who comes to the site, and what they look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import CookielessHit, Session
from oracle.calculation.kpis.by_session import WEB, clusters, delta_of, group
from oracle.calculation.statuses import Parts, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = (
    "marketing_channel",
    "source",
    "medium",
    "campaign",
    "landing_page",
    "device_type",
    "country",
    "customer_type",
    "account",
)
VARIANTS = (
    Variant("visitors", "visitors", needs=(WEB,)),
    Variant("sessions", "sessions", needs=(WEB,)),
    Variant("pageviews", "pageviews", needs=(WEB,)),
    Variant("pageviews_in_sessions", "pageviews_in_sessions", needs=(WEB,)),
    Variant(
        "pages_per_session",
        "pageviews_in_sessions",
        "sessions",
        n="sessions",
        interval=delta_of("pages_by_visitor"),
        needs=(WEB,),
    ),
    Variant(
        "bytes_sent", "bytes_sent", needs=("web_events.bytes_sent or web_sessions.bytes_sent",)
    ),
    Variant("accounts_identified", "accounts_identified", needs=(WEB,)),
    Variant("pageviews_cookieless", "pageviews_cookieless", needs=(WEB,)),
    Variant("sessions_split_on_campaign", "sessions_split_on_campaign", needs=("web_events",)),
)


def web_traffic(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_web_traffic`."""
    web, calendar = world.web, world.calendar
    sessions = group(calendar, FROM_WEEK, web.sessions, lambda row: row.session_date, DIMENSIONS)
    hits = group(calendar, FROM_WEEK, web.cookieless, lambda hit: hit.hit_date, DIMENSIONS)
    table = {
        spot: _parts(sessions.get(spot, []), hits.get(spot, []))
        for spot in sessions.keys() | hits.keys()
    }
    return world.maker.make_cells("web_traffic", VARIANTS, table, FROM_WEEK)


def _parts(sessions: list[Session], hits: list[CookielessHit]) -> Parts:
    in_sessions = sum(row.pageviews for row in sessions)
    cookieless = sum(hit.pageviews for hit in hits)
    return {
        "visitors": len({row.visitor_id for row in sessions}),
        "sessions": len(sessions),
        "pageviews": in_sessions + cookieless,
        "pageviews_in_sessions": in_sessions,
        "pageviews_cookieless": cookieless,
        "bytes_sent": sum(row.bytes_sent or 0 for row in (*sessions, *hits)),
        "accounts_identified": len({row.account_id for row in sessions if row.account_id}),
        "sessions_split_on_campaign": sum(row.parts_by_campaign or 1 for row in sessions),
        "pages_by_visitor": clusters((row.visitor_id, row.pageviews, 1) for row in sessions),
    }
