"""Who visits the shop: buyers on their orders, customers in between, strangers."""

from __future__ import annotations

from datetime import datetime, time

from .clock import FIRST_DAY, LAST_MOMENT, busy_day, later, office_moment
from .model import Contact, Hit, Order, World
from .randomness import Draws
from .sources import Source, draw_source
from .web import new_visitor, visit, visitor_of

_BUYING = ("page_view", "product_view", "add_to_cart", "checkout", "order")
_BUYING_FAST = ("page_view", "add_to_cart", "checkout", "order")


def add_visits(world: World) -> None:
    """Create all visits but those that belong to leads."""
    _visits_with_order(world, world.draws("buying visits"))
    _visits_of_customers(world, world.draws("customer visits"))
    _visits_of_strangers(world, world.draws("strangers"))
    _cookieless_and_bots(world, world.draws("bots"))


def _visits_with_order(world: World, draws: Draws) -> None:
    """Give most web orders their visit, linked in one of four ways."""
    counts = dict.fromkeys(("session_and_client", "client", "session", "contact"), 0)
    for order in world.orders:
        if order.channel != "web" or order.status in ("draft", "quote") or order.kind != "sale":
            continue
        known = order.contact
        if known is None and order.email is None:
            continue
        if not draws.chance(0.6 if known else 0.7):
            if known:
                order.contact = None
            continue
        client_id = visitor_of(world, draws, known) if known else new_visitor(world, draws, "DE")
        way = draws.weighted(
            (("session_and_client", 64), ("client", 16), ("session", 12), ("contact", 8))
        )
        if way == "contact" and known is None:
            way = "client"
        is_first = known is None or order is (known.company and known.company.first_sale)
        source = draw_source(draws, order.placed_at.date(), knows_us=not is_first)
        session_id = visit(
            world,
            draws,
            client_id,
            order.placed_at,
            source,
            draws.pick((_BUYING, _BUYING_FAST)),
            known,
            order,
            order.placed_at,
        )
        order.session_id = session_id if way in ("session_and_client", "session") else None
        order.client_id = client_id if way in ("session_and_client", "client") else None
        counts[way] += 1
    for way, count in counts.items():
        world.plant(
            "special",
            "orders",
            f"visit_link_{way}",
            count,
            f"web orders tied to their visit by {way.replace('_', ' ')}",
        )


def _visits_of_customers(world: World, draws: Draws) -> None:
    """Let people of customers look around between orders, sometimes logged in."""
    for company in world.companies:
        if not company.orders or company.kind == "internal":
            continue
        for contact in company.contacts:
            if contact.client_id is None and not draws.chance(0.45):
                continue
            for _ in range(draws.weighted(((1, 30), (3, 40), (6, 22), (10, 8)))):
                order = draws.pick(company.orders)
                moment = office_moment(
                    draws, later(order.placed_at, days=draws.between(2, 50)).date()
                )
                if moment < contact.created_at or moment > later(LAST_MOMENT, seconds=-7200):
                    continue
                steps = ("page_view", "login") if draws.chance(0.2) else None
                visit(
                    world,
                    draws,
                    visitor_of(world, draws, contact),
                    moment,
                    draw_source(draws, moment.date(), knows_us=True),
                    steps,
                    contact,
                )


def visits_before(
    world: World,
    draws: Draws,
    contact: Contact,
    first: datetime,
    before: datetime,
    count: int,
    source: Source,
) -> None:
    """Record up to `count` visits of a person from `first` on; all are over before `before`."""
    moment = first
    for number in range(count):
        if moment >= later(before, seconds=-7200):
            return
        origin = source if number == 0 else draw_source(draws, moment.date(), knows_us=True)
        visit(world, draws, visitor_of(world, draws, contact), moment, origin)
        moment = later(moment, days=draws.between(1, 14), seconds=draws.between(0, 9000))


def first_moment(draws: Draws, before: Order) -> datetime:
    """Return when a new customer first came by: some weeks before its first order."""
    days = draws.weighted(
        ((draws.between(4, 30), 55), (draws.between(31, 75), 37), (draws.between(80, 130), 8))
    )
    return max(datetime.combine(FIRST_DAY, time(6)), later(before.placed_at, days=-days))


def _visits_of_strangers(world: World, draws: Draws) -> None:
    """Add visitors nobody knows: most come once."""
    for _ in range(2420):
        client_id = new_visitor(world, draws)
        moment = office_moment(draws, busy_day(draws, 1.9))
        for _ in range(draws.weighted(((1, 60), (2, 21), (3, 10), (4, 5), (6, 4)))):
            if moment > later(LAST_MOMENT, seconds=-7200):
                break
            visit(world, draws, client_id, moment, draw_source(draws, moment.date()))
            moment = office_moment(draws, later(moment, days=draws.between(1, 45)).date())


def _cookieless_and_bots(world: World, draws: Draws) -> None:
    """Add hits of people who refused cookies, and crawls that touch many pages."""
    for _ in range(280):
        moment = office_moment(draws, busy_day(draws, 2.2))
        visit(world, draws, None, moment, draw_source(draws, moment.date()), ("page_view",))
    world.plant("special", "web_events", "cookieless", 280, "hits without a visitor")
    made = 0
    for number in range(24):
        moment = later(office_moment(draws, busy_day(draws, 2.0)), seconds=-3 * 3600)
        client_id = f"b{number + 1}"
        for _ in range(draws.between(3, 9)):
            moment = later(moment, seconds=draws.between(1, 9))
            hit = Hit(moment, "page_view", client_id, "desktop", "US", page="/", is_bot=True)
            world.hits.append(hit)
            made += 1
    world.plant("excluded", "web_events", "bot", made, "hits that the source marks as a bot's")
