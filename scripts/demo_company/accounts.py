"""How companies change and hang together: versions, parents, merges. Writes their raw tables."""

from __future__ import annotations

from datetime import datetime, timedelta

from .clock import FIRST_DAY, LAST_MOMENT
from .model import Company, Contact, Row, World
from .people import INDUSTRIES, segment
from .randomness import Draws

_ORIGINS = (
    ("Organic Search", 28),
    ("Paid Search", 20),
    ("Event", 20),
    ("Referral", 18),
    ("Sales Outreach", 14),
)


def relate_companies(world: World) -> None:
    """Plan versions, parents and merges; merged companies stop ordering under their own id."""
    draws = world.draws("accounts")
    base = [company for company in world.companies if company.kind == "base"]
    new = [company for company in world.companies if company.kind == "new"]
    prospects = [company for company in world.companies if company.kind == "prospect"]
    family = draws.sample(base, 40)
    _merge(world, family[:8])
    _parents(world, family[8:26])
    for first, second in ((prospects[4], prospects[9]), (prospects[9], prospects[4])):
        first.extra["merged_into_company_id"] = second.company_id
    for first, second in ((prospects[14], prospects[19]), (prospects[19], prospects[14])):
        first.extra["parent_company_id"] = second.company_id
    # The link is rejected, not the company; links are reported under these names.
    for table, name, what in (
        ("company_links", "merge", "merged into"),
        ("account_parents", "parent", "the parent of"),
    ):
        world.plant(
            "rejected", table, f"{name}_cycle", 2, f"two prospects that are {what} each other"
        )
    others = [company for company in base if company not in family]
    _versions(world, draws, family[26:] + draws.sample(others, 20) + draws.sample(new, 72))
    for company in base + draws.sample(new, 60):
        if company.kind == "new" or draws.chance(0.7):
            company.extra["original_source"] = draws.weighted(_ORIGINS)


def _merge(world: World, companies: list[Company]) -> None:
    """Merge five companies into three: two simple merges and a chain of two links."""
    one, two, three, four, five, six, seven, _ = companies
    links = (
        (one, two, datetime(2024, 4, 2, 9)),
        (three, four, datetime(2025, 6, 17, 9)),
        (five, six, datetime(2024, 2, 12, 9)),
        (six, seven, datetime(2025, 1, 20, 9)),
    )
    for source, target, moment in links:
        source.changes.append((moment, {"merged_into_company_id": target.company_id}))
        source.stop_day = moment.date()
    world.plant(
        "special", "companies", "merge", 4, "versions that say into which company theirs was merged"
    )
    world.plant(
        "special",
        "companies",
        "merge_chain",
        1,
        f"{five.company_id} into {six.company_id} into {seven.company_id}",
    )


def _parents(world: World, companies: list[Company]) -> None:
    """Hang children under four parents; one child has a child, one changes its parent."""
    parents, children = companies[:4], companies[4:]
    for number, child in enumerate(children):
        child.extra["parent_company_id"] = parents[number % 4].company_id
    children[0].extra["parent_company_id"] = children[1].company_id
    children[2].changes.append(
        (datetime(2025, 3, 3, 9), {"parent_company_id": parents[3].company_id})
    )
    world.plant(
        "special",
        "companies",
        "child_company",
        len(children),
        f"companies with a parent; {children[0].company_id} is a grandchild, "
        f"{children[2].company_id} changes its parent",
    )


def _versions(world: World, draws: Draws, companies: list[Company]) -> None:
    """Let companies grow, shrink or change their industry."""
    for company in companies:
        start = max(company.created_at, datetime.combine(FIRST_DAY, datetime.min.time()))
        room = (LAST_MOMENT - start).days
        if room < 40:
            continue
        moment = start.replace(hour=9, minute=0, second=0) + timedelta(
            days=draws.between(30, room - 1)
        )
        change: Row = {"employee_count": max(6, company.employees * draws.between(60, 260) // 100)}
        if draws.chance(0.25):
            change["industry"] = draws.pick(INDUSTRIES)
        company.changes.append((moment, change))
    world.plant(
        "special",
        "companies",
        "company_version",
        sum(len(company.changes) for company in world.companies),
        "later versions: size, segment, industry, parent or merge changed",
    )


def write_accounts(world: World) -> None:
    """Write `companies`, one row per version, and `contacts`."""
    for company in world.companies:
        row: Row = {
            "company_id": company.company_id,
            "valid_from": company.created_at,
            "company_name": company.name,
            "domain": company.domain,
            "industry": company.industry,
            "country_code": company.country,
            "employee_count": company.employees,
            "sales_rep_id": company.rep_id,
            "created_at": company.created_at,
            **company.extra,
        }
        moments = [moment for moment, _ in company.changes]
        for change, end in zip(
            [{}, *(made for _, made in company.changes)], [*moments, None], strict=True
        ):
            row = {**row, **change, "valid_to": end}
            row["segment"] = segment(int(str(row["employee_count"])))
            world.add("companies", **row)
            row["valid_from"] = end
    for contact in world.contacts:
        _write_contact(world, contact)


def _write_contact(world: World, contact: Contact) -> None:
    """Write one row of `contacts`."""
    row: Row = {
        "contact_id": contact.contact_id,
        "company_id": contact.company.company_id if contact.company else None,
        "email": contact.email,
        "job_role": contact.role,
        "created_at": contact.created_at,
        **contact.extra,
    }
    world.add("contacts", **row)


def finish_contacts(world: World) -> None:
    """Say which visitors the CRM knows, who consented, and which contacts were merged."""
    draws = world.draws("contacts")
    for number, contact in enumerate(world.contacts):
        if contact.client_id and draws.chance(0.7):
            contact.extra["client_id"] = contact.client_id
        if draws.chance(0.6):
            contact.extra["phone"] = f"+49 30 5550 {number:04d}"
        contact.extra["has_marketing_consent"] = draws.chance(0.55)
    pairs = [company.contacts[:2] for company in world.companies if len(company.contacts) > 1]
    chosen = draws.sample(pairs, 6)
    for kept, double in chosen:
        double.extra["merged_into_contact_id"] = kept.contact_id
    world.plant(
        "special",
        "contacts",
        "merged_contact",
        len(chosen),
        "contacts merged into another one of the same company",
    )
