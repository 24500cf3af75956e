"""Leads: of customers to be, of prospects, of strangers; spam, sign-ups, imports and doubles."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from .clock import FIRST_DAY, LAST_MOMENT, busy_day, later, loaded, office_moment
from .journeys import first_moment, visits_before
from .model import Company, Contact, Lead, Row, World
from .people import INDUSTRIES, person
from .randomness import Draws
from .sources import draw_source
from .web import new_visitor, visit, visitor_of

_TYPES = (("form", 45), ("quote", 30), ("demo", 14), ("account_request", 11))
_OFFLINE = (
    ("trade_fair", "Event", 48),
    ("webinar", "Webinar", 32),
    ("outbound", "Sales Outreach", 20),
)
_FORMS = {"quote": "quote_request"}


def add_leads(world: World) -> None:
    """Create all leads with their visits, numbered by creation."""
    _leads_of_new_customers(world, world.draws("new customers"))
    _leads_of_prospects(world, world.draws("prospects"))
    _leads_of_strangers(world, world.draws("stranger leads"))
    _leads_of_customers(world, world.draws("customer leads"))
    _sign_ups_spam_imports(world, world.draws("other leads"))
    _doubles(world, world.draws("double leads"))
    world.leads.sort(key=lambda lead: (lead.created_at, lead.email or ""))
    for lead in world.leads:
        lead.lead_id = world.next_id("L")


def _leads_of_new_customers(world: World, draws: Draws) -> None:
    """Most new customers came by as a lead; others only visited, or were never seen before."""
    for company in world.companies:
        order = company.first_sale
        if company.kind != "new" or order is None:
            continue
        contact = company.contacts[0]
        begin = first_moment(draws, order)
        company.created_at = min(company.created_at, begin)
        way = draws.weighted((("web lead", 60), ("other lead", 16), ("visits", 15), ("", 9)))
        created = begin + (order.placed_at - begin) // 3
        created = created.replace(microsecond=0)
        source = draw_source(draws, begin.date())
        if way in ("web lead", "visits"):
            until = created if way == "web lead" else order.placed_at
            visits_before(world, draws, contact, begin, until, draws.between(0, 2), source)
        if way == "web lead":
            lead = _web_lead(world, draws, created, contact, company)
        elif way == "other lead":
            lead = _offline_lead(world, draws, created, contact, company)
        else:
            continue
        _collect(world, lead).wins = order
        visits_before(
            world,
            draws,
            contact,
            later(created, days=2),
            order.placed_at,
            draws.between(0, 2),
            draw_source(draws, created.date(), knows_us=True),
        )


def _web_lead(
    world: World,
    draws: Draws,
    moment: datetime,
    contact: Contact | None,
    company: Company | None,
    email: str | None = None,
) -> Lead:
    """Create a lead by a form on the site, with the visit in which it was filled in."""
    source = draw_source(draws, moment.date())
    kind = draws.weighted(_TYPES)
    client_id = visitor_of(world, draws, contact) if contact else new_visitor(world, draws)
    visit(
        world,
        draws,
        client_id,
        moment,
        source,
        ("page_view", "product_view", _FORMS.get(kind, "form_submit")),
        contact,
        end=moment,
    )
    lead = Lead(moment, kind, "website", source.channel, contact, company, utm=source.utm)
    lead.client_id = client_id if draws.chance(0.85) else None
    lead.email = email or (contact.email if contact else None)
    return _placed(draws, lead)


def _offline_lead(
    world: World,
    draws: Draws,
    moment: datetime,
    contact: Contact | None,
    company: Company | None,
    email: str | None = None,
) -> Lead:
    """Create a lead that sales or a webinar brought; it has no visit."""
    source, channel, _ = draws.weighted([(way, way[2]) for way in _OFFLINE])
    kind = "demo" if source == "outbound" else "form"
    lead = Lead(moment, kind, source, channel, contact, company)
    lead.email = email or (contact.email if contact else None)
    if source == "webinar":
        lead.extra["campaign"] = "webinar-leakage" if moment.year < 2025 else "webinar-energy"
    elif source == "trade_fair":
        lead.extra["campaign"] = "fair-hannover"
    return _placed(draws, lead)


def _placed(draws: Draws, lead: Lead) -> Lead:
    """Fill in what a lead inherits from its company."""
    if lead.company:
        lead.country, lead.industry = lead.company.country, lead.company.industry
        lead.rep_id = lead.company.rep_id
    else:
        lead.industry = draws.pick(INDUSTRIES) if draws.chance(0.7) else None
        lead.rep_id = draws.pick(("r1", "r2", "r3"))
    return lead


def _collect(world: World, lead: Lead) -> Lead:
    """Keep the lead."""
    world.leads.append(lead)
    return lead


def _leads_of_prospects(world: World, draws: Draws) -> None:
    """Prospects ask, some twice, and never order."""
    for company in world.companies:
        if company.kind != "prospect":
            continue
        moment = later(company.created_at, seconds=600)
        for contact in company.contacts[: draws.between(1, 2)]:
            if moment > LAST_MOMENT:
                break
            make = _web_lead if draws.chance(0.8) else _offline_lead
            _collect(world, make(world, draws, moment, contact, company))
            moment = later(moment, days=draws.between(3, 90), seconds=draws.between(0, 9000))


def _leads_of_strangers(world: World, draws: Draws) -> None:
    """People whose company the shop does not know; they do not convert."""
    for number in range(370):
        moment = office_moment(draws, busy_day(draws, 2.0))
        email = person(draws, f"firma-{number + 1:03d}.example")
        make = _web_lead if draws.chance(0.86) else _offline_lead
        _collect(world, make(world, draws, moment, None, None, email))


def _leads_of_customers(world: World, draws: Draws) -> None:
    """Customers who ask for something new: leads, but not part of a conversion rate."""
    buyers = [company for company in world.companies if len(company.orders) > 5]
    for _ in range(38):
        company = draws.pick(buyers)
        order = draws.pick(company.orders[2:])
        moment = later(order.placed_at, days=1, seconds=4000)
        if moment <= LAST_MOMENT:
            _collect(world, _web_lead(world, draws, moment, company.contacts[0], company))


def _sign_ups_spam_imports(world: World, draws: Draws) -> None:
    """Newsletter sign-ups, spam, and lists from fairs with their real first contact."""
    for number in range(120):
        moment = office_moment(draws, busy_day(draws, 1.8))
        source = draw_source(draws, moment.date())
        client_id = new_visitor(world, draws)
        visit(world, draws, client_id, moment, source, ("page_view", "form_submit"), end=moment)
        _collect(
            world,
            Lead(
                moment,
                "newsletter",
                "website",
                source.channel,
                utm=source.utm,
                email=person(draws, f"leser-{number + 1:03d}.example"),
                client_id=client_id,
            ),
        )
    for number in range(34):
        moment = later(office_moment(draws, busy_day(draws, 2.0)), seconds=-9000)
        _collect(
            world,
            Lead(
                moment,
                "form",
                "website",
                "Direct",
                is_spam=True,
                country="US",
                email=f"win{number}@spam.example",
            ),
        )
    fairs = [datetime(year, 4, day, 9) for year in (2024, 2025, 2026) for day in (22, 23, 24)]
    for number in range(45):
        seen = later(draws.pick(fairs), seconds=draws.between(0, 30000))
        lead = Lead(
            later(seen, days=9),
            "import" if number < 30 else "form",
            "trade_fair",
            "Event",
            email=person(draws, f"messe-{number + 1:03d}.example"),
            first_seen_at=seen,
        )
        lead.extra["campaign"] = "fair-hannover"
        _collect(world, _placed(draws, lead))
    own = next(company for company in world.companies if company.kind == "internal")
    for days in (300, 800):
        moment = datetime.combine(FIRST_DAY, time(10)) + timedelta(days=days)
        _collect(
            world,
            Lead(moment, "form", "website", "Direct", own.contacts[0], own, own.contacts[0].email),
        )
    for what, reason, count, text in (
        ("special", "newsletter", 120, "sign-ups to the list only"),
        ("excluded", "spam", 34, "leads marked as spam"),
        ("special", "import", 30, "imported lists of fairs, with first_seen_at"),
        ("special", "first_seen_at", 45, "leads whose first contact is before their creation"),
        ("excluded", "internal_account", 2, "leads of the own company"),
    ):
        world.plant(what, "leads", reason, count, text)


def _doubles(world: World, draws: Draws) -> None:
    """Enter some leads a second time; the later record is merged into the first."""
    strict = [
        lead
        for lead in world.leads
        if not lead.is_spam
        and lead.lead_type == "form"
        and later(lead.created_at, days=40) < LAST_MOMENT
        and lead.email
        and not lead.first_seen_at
    ]
    for lead in draws.sample(strict, 20):
        double = Lead(
            later(lead.created_at, days=draws.between(1, 30)),
            "demo",
            "website",
            lead.channel,
            lead.contact,
            lead.company,
            lead.email,
        )
        double.merged_into = lead
        _collect(world, _placed(draws, double))
    world.plant("excluded", "leads", "merged_lead", 20, "second records merged into the first")


def write_leads(world: World) -> None:
    """Write `leads`."""
    for lead in world.leads:
        row: Row = {
            "lead_id": lead.lead_id,
            "created_at": lead.created_at,
            "first_seen_at": lead.first_seen_at,
            "contact_id": lead.contact.contact_id if lead.contact else None,
            "company_id": lead.company.company_id if lead.company else None,
            "email": lead.email,
            "client_id": lead.client_id,
            "lead_type": lead.lead_type,
            "lead_source": lead.source,
            "marketing_channel": lead.channel,
            "campaign": lead.utm[2],
            "sales_rep_id": lead.rep_id,
            "industry": lead.industry,
            "country_code": lead.country,
            "merged_into_lead_id": lead.merged_into.lead_id if lead.merged_into else None,
            "is_spam": True if lead.is_spam else None,
            "loaded_at": loaded(lead.created_at),
            **lead.extra,
        }
        world.add("leads", **row)
