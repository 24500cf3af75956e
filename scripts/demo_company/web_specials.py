"""Web traffic that tests a rule: gaps, midnight, odd referrers, double and late hits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from .clock import DATA_CLOCK, later, loaded
from .model import Hit, World
from .sources import Source
from .web import new_visitor, visit, write_events

_SHOP = "https://shop.nordwerk.example"


def add_special_visits(world: World) -> None:
    """Add visits that lie exactly on a boundary, or come from where no one comes from."""
    draws = world.draws("special visits")

    def pair(first: datetime, gap: int) -> None:
        client_id = new_visitor(world, draws)
        device, country = world.visitors[client_id]
        world.hits.append(Hit(first, "page_view", client_id, device, country, page="/"))
        world.hits.append(Hit(later(first, seconds=gap), "page_view", client_id, device, country))

    start = datetime.combine(date(2025, 5, 5), time(9))
    for number in range(3):
        pair(later(start, days=number), 1800)
        pair(later(start, days=30 + number), 1801)
    for number in range(6):
        pair(datetime(2024, 6, 30, 23, 50) + timedelta(days=61 * number), 1200)
    origins = (
        ("self_referral", 8, Source("Direct", referrer=f"{_SHOP}/cart")),
        ("payment_gateway", 8, Source("Direct", referrer="https://www.paypal.com/")),
        ("referrer_only", 30, Source("Organic Search", referrer="https://www.google.com/")),
    )
    for reason, count, source in origins:
        for _ in range(count):
            moment = later(start, days=draws.between(-500, 400), seconds=draws.between(0, 20000))
            visit(world, draws, new_visitor(world, draws), moment, source, ("page_view",))
            if reason == "self_referral":
                world.hits[-1].page = f"{_SHOP}/"
    for reason, rows, text in (
        ("gap_1800_seconds", 3, "two hits exactly 1800 seconds apart: one session"),
        ("gap_1801_seconds", 3, "two hits 1801 seconds apart: two sessions"),
        ("across_midnight", 6, "sessions that begin before and end after midnight"),
        ("self_referral", 8, "the shop itself as referrer: not a source"),
        ("payment_gateway", 8, "a payment gateway as referrer: not a source"),
        ("referrer_only", 30, "a search engine as referrer, and no utm"),
    ):
        world.plant("special", "web_events", reason, rows, text)


def add_events(world: World) -> None:
    """Write `web_events`; then deliver some hits late, out of order or twice."""
    write_events(world)
    draws = world.draws("special events")
    rows = world.tables["web_events"]
    sound = [
        number
        for number in range(200, len(rows) - 400, 7)
        if rows[number]["client_id"] and not rows[number]["is_bot"]
    ]
    chosen = draws.sample(sound, 60)
    for number in chosen[:12]:
        other = rows[number + 3]
        rows[number]["event_id"], other["event_id"] = other["event_id"], rows[number]["event_id"]
        rows[number], rows[number + 3] = other, rows[number]
    world.plant(
        "special",
        "web_events",
        "out_of_order",
        12,
        "pairs of hits whose ids and place in the file run against time",
    )
    for number in chosen[12:20]:
        moment = rows[number]["event_at"]
        assert isinstance(moment, datetime)
        rows[number]["loaded_at"] = loaded(later(moment, days=6))
    world.plant("special", "web_events", "late_row", 8, "loaded six days after the hit")
    copies = [dict(rows[number]) for number in chosen[20:46]]
    world.plant("superseded", "web_events", "exact_duplicate", len(copies), "delivered twice")
    updated = []
    for number in chosen[46:51]:
        moment = rows[number]["loaded_at"]
        assert isinstance(moment, datetime)
        newer = {**rows[number], "country_code": "CH", "loaded_at": later(moment, days=1)}
        updated.append(newer)
    world.plant(
        "superseded",
        "web_events",
        "superseded_version",
        len(updated),
        "the same hit, loaded a night later with another country",
    )
    future = {
        **rows[chosen[51]],
        "event_id": world.next_id("e"),
        "client_id": "v1",
        "event_at": datetime(2026, 7, 13, 11, 30),
        "loaded_at": DATA_CLOCK,
    }
    world.plant("rejected", "web_events", "future_event", 1, "a clock three days ahead")
    rows.extend([*copies, *updated, future])
