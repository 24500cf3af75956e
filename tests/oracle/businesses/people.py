"""Companies, contacts and sales reps."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice

INDUSTRIES = ["manufacturing", "retail", "healthcare"]
CHANNELS = ["Paid Search", "Email", "Organic Search", "Direct", "Events"]


def companies(dice: Dice) -> list[dict]:
    """Accounts, some of them versions, children, merged, internal."""
    ids = [f"c{number}" for number in range(dice.traits.accounts)]
    rows = []
    for number, company in enumerate(ids):
        row = {
            "company_id": company,
            "company_name": f"Company {number}",
            "domain": dice.maybe([f"{company}.example", "shared.example"], 0.8),
            "industry": dice.maybe(INDUSTRIES),
            "segment": dice.maybe(["smb", "enterprise"]),
            "country_code": dice.maybe(["DE", "FR", "US"]),
            "employee_count": dice.maybe([0, 3, 10, 49, 50, 250, 5000]),
            "account_size_band": dice.maybe(["1-9", "10-49"], 0.2),
            "sales_rep_id": dice.maybe(["r1", "r2"], 0.6),
            "original_source": dice.maybe(CHANNELS, 0.4),
            "created_at": dice.opens - timedelta(days=dice.between(0, 300)),
            "is_internal": dice.chance(0.15, "internals") or None,
        }
        if dice.chance(0.4, "merges") and number:
            row["merged_into_company_id"] = dice.one_of(ids[:number])
        if dice.chance(0.3, "merge_cycles"):
            row["merged_into_company_id"] = dice.one_of(ids)
        if dice.chance(0.4, "parents"):
            row["parent_company_id"] = dice.one_of(ids)
        rows.extend(versions(dice, row) if dice.chance(0.4, "versions") else [row])
    return rows


def versions(dice: Dice, row: dict) -> list[dict]:
    """One company before and after a change."""
    changed = dice.moment()
    after = {"segment": dice.maybe(["smb", "enterprise"]), "industry": dice.maybe(INDUSTRIES)}
    return [
        {**row, "valid_from": dice.opens - timedelta(days=400), "valid_to": changed},
        {**row, "valid_from": changed, **after},
    ]


def contacts(dice: Dice) -> list[dict]:
    """People, most of them employed by a company, some known as visitors."""
    rows = []
    for number in range(dice.traits.accounts + 3):
        contact = f"p{number}"
        row = {
            "contact_id": contact,
            "company_id": dice.maybe([f"c{at}" for at in range(dice.traits.accounts + 1)], 0.8),
            "email": dice.maybe([f"{contact}@{domain}" for domain in domains(dice)], 0.8),
            "phone": dice.maybe(["+49 30 123456", "12"], 0.4),
            "job_role": dice.maybe(["buyer", "ceo"], 0.5),
            "created_at": dice.opens,
        }
        if dice.chance(0.6, "stitching"):
            row["client_id"] = f"v{dice.between(0, 9)}"
        if dice.chance(0.2, "merges") and number:
            row["merged_into_contact_id"] = f"p{dice.between(0, number - 1)}"
        rows.append(row)
    return rows


def domains(dice: Dice) -> list[str]:
    """Domains of e-mail addresses: of companies, of several, of none, free ones."""
    known = [f"c{number}.example" for number in range(dice.traits.accounts)]
    free = ["gmail.com"] if "free_mail" in dice.traits else []
    return [*known, "shared.example", "nobody.example", *free]


def sales_reps(dice: Dice) -> list[dict]:
    """Two reps; one changes the team."""
    changed = dice.moment()
    return [
        {"sales_rep_id": "r1", "rep_name": "Ada", "team": "north", "valid_to": changed},
        {"sales_rep_id": "r1", "rep_name": "Ada", "team": "south", "valid_from": changed},
        {"sales_rep_id": "r2", "rep_name": "Ben"},
    ]
