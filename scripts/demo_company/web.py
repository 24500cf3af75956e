"""How a visit becomes hits, and how the hits are written as `web_events`."""

from __future__ import annotations

from datetime import datetime

from .clock import LAST_MOMENT, later, loaded
from .model import Contact, Hit, Order, Row, World
from .randomness import Draws
from .sources import Source

PAGES = (
    ("/", 34),
    ("/pumps", 16),
    ("/valves", 14),
    ("/seals", 8),
    ("/safety", 8),
    ("/tools", 7),
    ("/fluids", 7),
    ("/guides", 6),
)
_DEVICES = (("desktop", 68), ("mobile", 27), ("tablet", 5))
_COUNTRIES = (("DE", 56), ("AT", 11), ("NL", 11), ("FR", 9), ("GB", 13))
_SERVER_STEPS = ("add_to_cart", "checkout", "order", "login", "form_submit", "quote_request")

# What visitors do: most leave after one page, few get as far as the cart.
BROWSING = (
    (("page_view",), 660),
    (("page_view", "page_view"), 110),
    (("page_view", "product_view"), 120),
    (("page_view", "product_view", "product_view"), 45),
    (("page_view", "product_view", "add_to_cart"), 14),
    (("page_view", "product_view", "add_to_cart", "checkout"), 8),
)


def new_visitor(world: World, draws: Draws, country: str | None = None) -> str:
    """Return a new visitor's client id; its device and country stay the same."""
    client_id = world.next_id("v")
    world.visitors[client_id] = (draws.weighted(_DEVICES), country or draws.weighted(_COUNTRIES))
    return client_id


def visitor_of(world: World, draws: Draws, contact: Contact) -> str:
    """Return the client id of a contact's browser; the first visit makes one."""
    if contact.client_id is None:
        country = contact.company.country if contact.company else None
        contact.client_id = new_visitor(world, draws, country)
    return contact.client_id


def visit(
    world: World,
    draws: Draws,
    client_id: str | None,
    start: datetime,
    source: Source,
    steps: tuple[str, ...] | None = None,
    contact: Contact | None = None,
    order: Order | None = None,
    end: datetime | None = None,
) -> str | None:
    """Record the hits of one visit and return the shop's session id, if it got one.

    The last hit happens at `end`, if given. A contact is known from the first server step on.
    """
    steps = steps or draws.weighted(BROWSING)
    device, country = world.visitors.get(client_id or "") or (
        draws.weighted(_DEVICES),
        draws.weighted(_COUNTRIES),
    )
    session_id = world.next_id("s") if any(step in _SERVER_STEPS for step in steps) else None
    moments = [start]
    for _ in steps[1:]:
        moments.append(later(moments[-1], seconds=draws.between(15, 420)))
    if end:
        shift = int((end - moments[-1]).total_seconds())
        moments = [later(moment, seconds=shift) for moment in moments]
    known = False
    for number, (step, moment) in enumerate(zip(steps, moments, strict=True)):
        if moment > LAST_MOMENT:
            break
        known = known or step in _SERVER_STEPS
        hit = Hit(moment, step, client_id, device, country)
        if known:
            hit.session_id, hit.contact = session_id, contact
        if number == 0:
            hit.page, hit.referrer, hit.utm = draws.weighted(PAGES), source.referrer, source.utm
        if step == "order":
            hit.order = order
        world.hits.append(hit)
    return session_id


def write_events(world: World) -> None:
    """Write `web_events`, numbered by time."""
    world.hits.sort(key=lambda hit: (hit.at, hit.client_id or "", hit.name))
    for hit in world.hits:
        row: Row = {
            "event_id": world.next_id("e"),
            "event_at": hit.at,
            "event_name": hit.name,
            "client_id": hit.client_id,
            "contact_id": hit.contact.contact_id if hit.contact else None,
            "session_id": hit.session_id,
            "page_url": hit.page,
            "referrer": hit.referrer,
            "utm_source": hit.utm[0],
            "utm_medium": hit.utm[1],
            "utm_campaign": hit.utm[2],
            "device_type": hit.device,
            "country_code": hit.country,
            "order_id": hit.order.order_id if hit.order else None,
            "is_bot": True if hit.is_bot else None,
            "loaded_at": loaded(hit.at),
            **hit.extra,
        }
        world.add("web_events", **row)
