"""Web events, delivered sessions, offline touches and e-mail lists."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice
from oracle.businesses.people import CHANNELS, domains

SOURCES = [
    {},
    {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "news"},
    {"referrer": "https://www.google.com/"},
    {"referrer": "https://blog.example/post"},
    {"utm_source": "odd"},
]
NAMES = ["page_view"] * 6 + ["product_view", "add_to_cart", "checkout", "order", "form_submit"]
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


def web_events(dice: Dice, orders: list[dict]) -> list[dict]:
    """Hits of a few visitors in bursts that a timeout splits, or only just does not."""
    rows: list[dict] = []
    for _ in range(dice.traits.visits):
        moment, client = dice.moment(), f"v{dice.between(0, 9)}"
        if dice.chance(0.2, "no_consent"):
            client = None
        visit = {
            "client_id": client,
            "contact_id": f"p{dice.between(0, 5)}" if dice.chance(0.3, "stitching") else None,
            "device_type": dice.maybe(["desktop", "mobile"]),
            "country_code": dice.maybe(["DE", "US"]),
            "user_agent": "Googlebot/2.1" if dice.chance(0.1, "bots") else BROWSER,
            "is_bot": True if dice.chance(0.1, "bots") else None,
            **dice.one_of(SOURCES),
        }
        for _ in range(dice.between(1, 5)):
            rows.append({"event_id": f"e{len(rows)}", "event_at": moment, **visit, **_hit(dice)})
            if rows[-1]["event_name"] == "order" and orders and dice.chance(0.7):
                rows[-1]["order_id"] = dice.one_of(orders)["order_id"]
            moment += timedelta(seconds=dice.one_of([1, 60, 1799, 1800, 1801, 7200]))
            if dice.chance(0.1):
                visit |= dice.one_of(SOURCES)
    return rows


def _hit(dice: Dice) -> dict:
    return {
        "event_name": dice.one_of(NAMES),
        "page_url": dice.one_of(["https://shop.example/", "https://shop.example/p?x=1", None]),
        "bytes_sent": dice.maybe([0, 512, 40_000], 0.5),
    }


def web_sessions(dice: Dice) -> list[dict]:
    """Visits that a system sessionised itself."""
    rows = []
    for number in range(dice.traits.visits):
        flags = ("has_product_view", "has_cart", "has_checkout", "has_form_submit")
        rows.append(
            {
                "session_id": f"s{number}",
                "started_at": dice.moment(),
                "client_id": dice.maybe([f"v{at}" for at in range(10)], 0.9),
                "pageviews": dice.maybe([0, 1, 7], 0.8),
                "bytes_sent": dice.maybe([100, 2000], 0.5),
                "landing_page": dice.maybe(["/", "/p"], 0.7),
                "device_type": dice.maybe(["desktop", "mobile"]),
                "country_code": dice.maybe(["DE", "US"]),
                "is_bot": dice.chance(0.1, "bots") or None,
                **{name: dice.chance(0.4) for name in flags if dice.chance(0.9)},
                **dice.one_of(SOURCES),
            }
        )
    return rows


def touches(dice: Dice) -> list[dict]:
    """Webinars, fairs and calls of companies, contacts, leads and visitors."""
    rows = []
    for number in range(dice.traits.visits // 3):
        who = dice.one_of(
            [
                {"company_id": f"c{dice.between(0, dice.traits.accounts)}"},
                {"contact_id": f"p{dice.between(0, dice.traits.accounts)}"},
                {"client_id": f"v{dice.between(0, 9)}"},
                {"lead_id": f"d{dice.between(0, 9)}"},
            ]
        )
        rows.append(
            {
                "touch_id": f"t{number}",
                "touched_at": dice.moment(),
                "marketing_channel": dice.maybe([*CHANNELS, "Phone"], 0.9),
                "campaign": dice.maybe(["spring", "fair"], 0.5),
                "interaction_type": "webinar",
                **who,
            }
        )
    return rows


def email_subscriptions(dice: Dice) -> list[dict]:
    """Events of two lists, in any order, by addresses that may come back."""
    kinds = ["subscribe", "subscribe", "confirm", "unsubscribe", "bounce", "import"]
    return [
        {
            "subscription_event_id": f"u{number}",
            "email": f"p{dice.between(0, 6)}@{dice.one_of(domains(dice)[:3])}",
            "event_type": dice.one_of(kinds),
            "event_at": dice.moment(),
            "client_id": dice.maybe([f"v{at}" for at in range(10)], 0.7),
            "form_name": dice.maybe(["footer", "popup"], 0.7),
            "list_name": dice.maybe(["main", "offers"], 0.3),
        }
        for number in range(dice.traits.visits // 2)
    ]


def campaigns() -> list[dict]:
    """Two campaigns of three that are used."""
    return [
        {
            "campaign": "spring",
            "marketing_channel": "Paid Search",
            "program": "growth",
            "initiative": "new",
            "tactic": "ads",
        },
        {"campaign": "news", "marketing_channel": "Email", "is_lead_generation": False},
    ]
