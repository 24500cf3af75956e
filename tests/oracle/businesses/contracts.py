"""Subscriptions, their changes and usage; surveys; costs and ad spend."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice
from oracle.businesses.people import CHANNELS

CHANGES = ["change", "change", "pause", "resume", "cancel_request", "end", "transfer"]
SCOPES = [
    "marketing_program",
    "marketing_people",
    "sales_people",
    "sales_commission",
    "overhead",
    "retention",
]


def subscriptions(dice: Dice) -> list[dict]:
    """Contract lines that overlap, end, try, owe and return on the same day."""
    rows = []
    for number in range(dice.between(1, 9) if "subscriptions" in dice.traits else 0):
        start = dice.day()
        end = start + timedelta(days=dice.between(0, 120)) if dice.chance(0.5) else None
        if rows and dice.chance(0.3) and rows[-1]["end_date"]:
            start, end = rows[-1]["end_date"], None
        rows.append(
            {
                "subscription_id": f"b{number}",
                "company_id": f"c{dice.between(0, dice.traits.accounts)}",
                "start_date": start,
                "end_date": end,
                "unit_price": dice.money(0, 20_000),
                "currency_code": dice.one_of(["EUR", "EUR", "USD"]),
                "billing_interval": dice.one_of(["day", "week", "month", "quarter", "year"]),
                "interval_count": dice.one_of([None, "1", "4"]),
                "quantity": dice.one_of([None, "1", "5"]),
                "product_id": dice.maybe(["a", "b"]),
                "plan_name": dice.maybe(["basic", "pro"]),
                "sales_rep_id": dice.maybe(["r1", "r2"]),
                "discount_amount": dice.money(0, 500) if dice.chance(0.3) else None,
                "discount_end_date": dice.day() if dice.chance(0.4) else None,
                "trial_end_date": start + timedelta(days=14) if dice.chance(0.2) else None,
                "cancel_requested_at": dice.moment() if dice.chance(0.1) else None,
                "past_due_since": dice.day() if dice.chance(0.15) else None,
                "cancel_reason": dice.maybe(["price", "quality"], 0.4) if end else None,
                "is_involuntary": dice.chance(0.3) if end else None,
                "is_metered": True if dice.chance(0.1) else None,
            }
        )
    return rows


def subscription_changes(dice: Dice, subscriptions: list[dict]) -> list[dict]:
    """Dated changes, several on one day among them."""
    rows = []
    for subscription in subscriptions:
        day = subscription["start_date"]
        for _ in range(dice.between(0, 4) if "subscription_changes" in dice.traits else 0):
            day += timedelta(days=dice.one_of([0, 0, 1, 15, 40]))
            kind = dice.one_of(CHANGES)
            row = {
                "change_id": f"h{len(rows)}",
                "subscription_id": subscription["subscription_id"],
                "effective_date": day,
                "change_type": kind,
                "recorded_at": dice.moment() if dice.chance(0.3) else None,
            }
            if kind == "change":
                row |= {
                    "quantity": dice.maybe(["0", "2", "7"]),
                    "unit_price": dice.maybe(["9", "0"]),
                }
                row["plan_name"] = dice.maybe(["basic", "pro"], 0.3)
            if kind == "transfer":
                row["company_id"] = f"c{dice.between(0, dice.traits.accounts)}"
            rows.append(row)
    return rows


def usage_charges(dice: Dice, subscriptions: list[dict]) -> list[dict]:
    """Usage of some subscriptions."""
    return [
        {
            "usage_charge_id": f"k{subscription['subscription_id']}{number}",
            "subscription_id": subscription["subscription_id"],
            "usage_date": dice.day(),
            "amount": dice.money(0, 3_000),
            "currency_code": "EUR",
        }
        for subscription in subscriptions
        for number in range(dice.between(0, 2))
    ]


def surveys() -> list[dict]:
    """One of relations, one of transactions on another scale."""
    return [
        {"survey_id": "n", "survey_type": "relationship", "scale_min": 0, "scale_max": 10},
        {"survey_id": "m", "survey_type": "transactional", "scale_min": 0, "scale_max": 10},
        {"survey_id": "five", "survey_type": "relationship", "scale_min": 1, "scale_max": 5},
    ]


def survey_responses(dice: Dice, orders: list[dict]) -> list[dict]:
    """Invitations and answers; the same people are asked again soon."""
    rows = []
    people = 2 if "resurveys" in dice.traits else 8
    for number in range(dice.traits.visits // 2):
        invited = dice.moment()
        answered = invited + timedelta(hours=dice.between(0, 200))
        has_answer = dice.chance(0.7)
        rows.append(
            {
                "response_id": f"n{number}",
                "survey_id": dice.one_of(["n", "n", "m", "five"]),
                "contact_id": f"p{dice.between(0, people)}" if dice.chance(0.85) else None,
                "company_id": dice.maybe([f"c{at}" for at in range(dice.traits.accounts)], 0.3),
                "order_id": dice.maybe([order["order_id"] for order in orders], 0.3),
                "product_id": dice.maybe(["a", "b"], 0.3),
                "invited_at": invited if dice.chance(0.9) or not has_answer else None,
                "responded_at": answered if has_answer else None,
                "score": dice.between(0, 10) if has_answer else None,
            }
        )
        if rows[-1]["survey_id"] == "five" and has_answer:
            rows[-1]["score"] = dice.between(1, 5)
    return rows


def ad_spend(dice: Dice) -> list[dict]:
    """Spend of some days, with what the platform claims."""
    rows = {}
    for _ in range(dice.traits.visits // 2):
        day, platform = dice.day(), dice.one_of(["google", "linkedin"])
        campaign = dice.maybe(["spring", "news", "odd"], 0.8)
        rows[day, platform, campaign] = {
            "spend_date": day,
            "platform": platform,
            "campaign": campaign,
            "spend": dice.money(0, 9_000),
            "currency_code": dice.one_of(["EUR", "EUR", "USD"]),
            "impressions": 1000,
            "clicks": dice.between(0, 50),
            "platform_conversions": dice.maybe(["1", "2.5"]),
            "platform_revenue": dice.money() if dice.chance(0.6) else None,
            "marketing_channel": dice.maybe(CHANNELS, 0.3),
        }
    return list(rows.values())


def cost_ledger(dice: Dice) -> list[dict]:
    """Bookings of every scope, some spread, some negative, some already in ad spend."""
    rows = []
    for number in range(dice.traits.visits // 2):
        booked = dice.day()
        row = {
            "cost_id": f"z{number}",
            "incurred_on": booked,
            "amount": dice.money(0, 30_000) if dice.chance(0.9) else "-20",
            "currency_code": dice.one_of(["EUR", "EUR", "USD"]),
            "cost_scope": dice.one_of(SCOPES),
            "marketing_channel": dice.maybe(CHANNELS, 0.4),
            "campaign": dice.maybe(["spring", "news"], 0.3),
            "segment": dice.maybe(["smb", "enterprise"], 0.3),
            "is_paid_media": dice.chance(0.3),
            "is_covered_by_ad_spend": dice.chance(0.15) or None,
        }
        if dice.chance(0.3):
            row["service_start_date"] = booked
            row["service_end_date"] = booked + timedelta(days=dice.one_of([1, 7, 31, 90]))
        rows.append(row)
    return rows


def annotations(dice: Dice) -> list[dict]:
    """One event of the calendar."""
    return [
        {
            "annotation_id": "i1",
            "started_on": dice.day(),
            "annotation_type": "price",
            "title": "New prices",
        }
    ]
