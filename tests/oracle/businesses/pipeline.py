"""Leads, stages, scores, deals and quotes."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice
from oracle.businesses.people import CHANNELS, INDUSTRIES, domains
from oracle.businesses.visits import SOURCES

TYPES = ["form", "quote", "demo", "account_request", "newsletter", "import", None]
STAGES = ["lead", "mql", "sal", "sql", "opportunity", "customer", "rejected", "recycled", "odd"]


def leads(dice: Dice) -> list[dict]:
    """Lead records of contacts, companies, addresses and visitors, some merged or spam."""
    rows = []
    for number in range(dice.traits.leads):
        created = dice.moment()
        row = {
            "lead_id": f"d{number}",
            "created_at": created,
            "first_seen_at": created - timedelta(days=5) if dice.chance(0.15) else None,
            "lead_type": dice.one_of(TYPES),
            "lead_source": dice.maybe(["web", "fair"], 0.6),
            "marketing_channel": dice.maybe(CHANNELS, 0.4),
            "campaign": dice.maybe(["spring", "news", "odd"], 0.4),
            "sales_rep_id": dice.maybe(["r1", "r2"], 0.5),
            "industry": dice.maybe(INDUSTRIES, 0.4),
            "country_code": dice.maybe(["DE", "US"], 0.5),
            "is_spam": dice.chance(0.2, "spam") or None,
            "contact_id": dice.maybe([f"p{at}" for at in range(8)], 0.4),
            "company_id": dice.maybe([f"c{at}" for at in range(dice.traits.accounts + 1)], 0.4),
            "email": dice.maybe([f"p{at}@{dice.one_of(domains(dice))}" for at in range(6)], 0.5),
            "phone": dice.maybe(["+49 30 123456", "1"], 0.3),
            "client_id": dice.maybe([f"v{at}" for at in range(10)], 0.3),
        }
        utm = {key: value for key, value in dice.one_of(SOURCES).items() if key != "referrer"}
        if dice.chance(0.3, "merges") and number:
            row["merged_into_lead_id"] = f"d{dice.between(0, number - 1)}"
        rows.append(row | utm)
    return rows


def lead_stage_history(dice: Dice, leads: list[dict]) -> list[dict]:
    """Entries into stages, skipped, repeated and backwards."""
    rows = {}
    for lead in leads:
        moment = lead["created_at"]
        for _ in range(dice.between(0, 5)):
            moment += timedelta(seconds=dice.one_of([0, 60, 3600, 86_400, 40 * 86_400]))
            stage = dice.one_of(STAGES)
            rows[lead["lead_id"], stage, moment] = {
                "lead_id": lead["lead_id"],
                "stage": stage,
                "entered_at": moment,
                "changed_by": dice.maybe(["u1", "u2"], 0.5),
            }
    return list(rows.values())


def lead_scores(dice: Dice, leads: list[dict]) -> list[dict]:
    """Scores, some after the outcome could be known."""
    rows = {}
    for lead in leads:
        for _ in range(dice.between(0, 2)):
            scored = lead["created_at"] + timedelta(days=dice.between(0, 12))
            rows[lead["lead_id"], scored] = {
                "lead_id": lead["lead_id"],
                "scored_at": scored,
                "score": dice.one_of(["0", "19.5", "20", "59", "60", "79", "80", "100"]),
                "score_version": None,
            }
    return list(rows.values())


def lead_criteria(dice: Dice, leads: list[dict]) -> list[dict]:
    """Criteria seen, of which scores are made."""
    criteria = ["industry", "employees_50_plus", "deciding_role", "quote_request", "odd"]
    rows = {}
    for lead in leads:
        for criterion in criteria:
            observed = lead["created_at"] + timedelta(days=dice.between(0, 12))
            if dice.chance(0.5):
                rows[lead["lead_id"], criterion, observed] = {
                    "lead_id": lead["lead_id"],
                    "criterion": criterion,
                    "observed_at": observed,
                    "is_met": dice.chance(0.6),
                }
    return list(rows.values())


def opportunities(dice: Dice, leads: list[dict], orders: list[dict]) -> list[dict]:
    """Deals, open, won and lost."""
    rows = []
    for number in range(dice.traits.leads // 2):
        created = dice.moment()
        status = dice.one_of(["open", "won", "won", "lost"])
        closed = created + timedelta(days=dice.between(0, 60))
        rows.append(
            {
                "opportunity_id": f"x{number}",
                "created_at": created,
                "opportunity_status": status,
                "closed_at": None if status == "open" else closed,
                "company_id": dice.maybe([f"c{at}" for at in range(dice.traits.accounts)], 0.6),
                "contact_id": dice.maybe([f"p{at}" for at in range(5)], 0.3),
                "lead_id": dice.maybe([row["lead_id"] for row in leads], 0.6),
                "order_id": dice.maybe([row["order_id"] for row in orders], 0.4),
                "amount": dice.money(),
                "currency_code": "EUR",
                "sales_rep_id": dice.maybe(["r1", "r2"], 0.7),
            }
        )
    return rows


def opportunity_splits(dice: Dice, opportunities: list[dict]) -> list[dict]:
    """Deals that two reps share."""
    return [
        {"opportunity_id": row["opportunity_id"], "sales_rep_id": rep, "share": share}
        for row in opportunities
        if dice.chance(0.3)
        for rep, share in (("r1", "0.6"), ("r2", "0.4"))
    ]


def opportunity_stage_history(dice: Dice, opportunities: list[dict]) -> list[dict]:
    """A stage or two of each deal."""
    return [
        {
            "opportunity_id": row["opportunity_id"],
            "stage": stage,
            "entered_at": row["created_at"] + timedelta(days=at),
        }
        for row in opportunities
        for at, stage in enumerate(["discovery", "proposal"])
        if dice.chance(0.6)
    ]


def quotes(dice: Dice, orders: list[dict]) -> list[dict]:
    """Quotes, sent, accepted, rejected, expired, ordered; steps are skipped."""
    rows = []
    for number in range(dice.traits.leads // 2):
        asked = dice.moment()
        steps = ["sent_at", "accepted_at", "rejected_at", "expired_at"]
        row = {
            "quote_id": f"q{number}",
            "requested_at": asked,
            "company_id": dice.maybe([f"c{at}" for at in range(dice.traits.accounts)], 0.8),
            "contact_id": dice.maybe([f"p{at}" for at in range(5)], 0.3),
            "order_id": dice.maybe([order["order_id"] for order in orders], 0.4),
            "amount": dice.money(),
            "currency_code": "EUR",
        }
        for step in steps:
            if dice.chance(0.4):
                row[step] = asked + timedelta(hours=dice.between(0, 900))
        rows.append(row)
    return rows
