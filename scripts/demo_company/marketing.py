"""What marketing and sales cost, touches beside the web, and the e-mail list."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from .clock import (
    FIRST_DAY,
    LAST_DAY,
    LAST_MOMENT,
    SEASON,
    busy_day,
    later,
    loaded,
    months,
    next_month,
    office_moment,
    progress,
)
from .model import Lead, World, money, rounded
from .people import person
from .pipeline import is_working_lead
from .randomness import Draws
from .sources import CAMPAIGNS


def add_ad_spend(world: World) -> dict[date, int]:
    """Write `ad_spend`, a row per campaign and Monday; return Google's EUR cents by month."""
    draws = world.draws("ad spend")
    billed: dict[date, int] = {}
    monday = FIRST_DAY + timedelta(days=2)
    while monday <= LAST_DAY:
        for campaign in CAMPAIGNS:
            if not campaign.weekly or not campaign.runs_on(monday):
                continue
            level = SEASON[monday.month - 1] * (100 + int(45 * progress(monday)))
            cents = rounded(campaign.weekly * level * draws.between(85, 115), 1000000)
            clicks = cents // draws.between(180, 320)
            claimed = draws.weighted(((0, 60), (1, 30), (2, 10)))
            world.add(
                "ad_spend",
                spend_date=monday,
                platform=campaign.platform,
                ad_account_id=campaign.account,
                campaign=campaign.name,
                spend=money(cents),
                currency_code=campaign.currency,
                impressions=clicks * draws.between(28, 60),
                clicks=clicks,
                platform_conversions=claimed,
                platform_revenue=money(claimed * draws.between(900, 2600) * 100),
                loaded_at=loaded(later(LAST_MOMENT, days=-(LAST_DAY - monday).days)),
            )
            if campaign.platform == "google_ads" and campaign.currency == "EUR":
                billed[monday.replace(day=1)] = billed.get(monday.replace(day=1), 0) + cents
        monday += timedelta(days=7)
    return billed


def add_costs(world: World, billed: dict[date, int]) -> None:
    """Write `cost_ledger`: every scope every month; `billed` is also in `ad_spend`."""
    draws = world.draws("costs")
    for month in months():
        day = month + timedelta(days=4)
        grown = 100 + int(40 * progress(max(day, FIRST_DAY)))
        for scope, cents, segment in (
            ("marketing_people", 84000, ""),
            ("sales_people", 66000, "small_business"),
            ("sales_people", 46000, "enterprise"),
            ("overhead", 240000, ""),
            ("retention", 31000, "mid_market"),
            ("retention", 22000, ""),
        ):
            _cost(world, day, rounded(cents * grown, 100), scope, month, segment=segment)
        _cost(
            world,
            next_month(month) - timedelta(days=1),
            draws.between(12000, 30000),
            "sales_commission",
        )
        name = "webinar-leakage" if month < date(2025, 1, 1) else "webinar-energy"
        _cost(
            world,
            day,
            draws.between(16000, 26000),
            "marketing_program",
            channel="Webinar",
            campaign=name,
        )
        if month.month in (1, 4, 7, 10):
            _cost(world, day, 54000, "marketing_program", month, spans=3, channel="Organic Search")
        if month.month == 4:
            _cost(
                world, day, 310000, "marketing_program", channel="Event", campaign="fair-hannover"
            )
        if month.month == 2:
            _cost(world, day, 48000, "marketing_program", month, spans=12)
        if month in billed and month.month % 3 == 0:
            _cost(
                world, day, billed[month], "marketing_program", channel="Paid Search", covered=True
            )
    _cost(
        world,
        date(2024, 11, 18),
        -65000,
        "marketing_program",
        channel="Event",
        campaign="fair-hannover",
    )
    _cost(world, date(2025, 10, 6), 42000, "marketing_program", channel="Event", currency="GBP")
    _cost(world, date(2025, 5, 12), 38000, "marketing_program", channel="Paid Social", paid=True)
    rows = world.tables["cost_ledger"]
    covered = [row for row in rows if row.get("is_covered_by_ad_spend")]
    world.plant(
        "excluded",
        "cost_ledger",
        "covered_by_ad_spend",
        len(covered),
        "platform bills for money that is in ad_spend too",
    )
    world.plant("special", "cost_ledger", "credit_note", 1, "a negative booking", -65000)
    world.plant("special", "cost_ledger", "foreign_currency", 1, "a booking in GBP", 42000)
    world.plant(
        "special",
        "cost_ledger",
        "service_span",
        sum(1 for row in rows if row.get("service_start_date")),
        "bookings for days of service, from one month to a year",
    )


def _cost(
    world: World,
    day: date,
    cents: int,
    scope: str,
    service: date | None = None,
    spans: int = 1,
    channel: str = "",
    campaign: str = "",
    segment: str = "",
    currency: str = "EUR",
    covered: bool = False,
    paid: bool = False,
) -> None:
    """Write one booking; `service` is the first of `spans` months that it pays for."""
    if day > LAST_DAY:
        return
    end = service
    for _ in range(spans if service else 0):
        end = next_month(end) if end else None
    world.add(
        "cost_ledger",
        cost_id=world.next_id("k"),
        incurred_on=day,
        amount=money(cents),
        currency_code=currency,
        cost_scope=scope,
        service_start_date=service,
        service_end_date=end,
        marketing_channel=channel,
        campaign=campaign,
        segment=segment,
        is_paid_media=True if paid or covered else None,
        is_covered_by_ad_spend=True if covered else None,
        loaded_at=loaded(later(LAST_MOMENT, days=-(LAST_DAY - day).days)),
    )


def add_touches(world: World) -> None:
    """Write `touches`: fairs, webinars, calls and clicks in e-mails."""
    draws = world.draws("touches")
    for lead in world.leads:
        if not is_working_lead(lead):
            continue
        if lead.source in ("trade_fair", "webinar", "outbound"):
            kind = {"trade_fair": "booth_visit", "webinar": "webinar", "outbound": "call"}
            _touch(
                world,
                lead.first_seen_at or lead.created_at,
                lead,
                lead.channel,
                str(lead.extra.get("campaign", "")),
                kind[lead.source],
            )
        if lead.wins and draws.chance(0.45):
            between = (lead.wins.placed_at - lead.created_at) // 2
            moment = (lead.created_at + between).replace(microsecond=0)
            if draws.chance(0.6):
                name = "webinar-leakage" if moment.year < 2025 else "webinar-energy"
                _touch(world, moment, lead, "Webinar", name, "webinar")
            else:
                _touch(world, moment, lead, "Email", "newsletter", "email_click")
    buyers = [company for company in world.companies if len(company.orders) > 3]
    for _ in range(95):
        contact = draws.pick(draws.pick(buyers).contacts)
        moment = office_moment(draws, busy_day(draws, 1.4))
        world.add(
            "touches",
            touch_id=world.next_id("t"),
            touched_at=moment,
            contact_id=contact.contact_id,
            marketing_channel="Email",
            campaign="newsletter",
            interaction_type="email_click",
            loaded_at=loaded(moment),
        )


def _touch(
    world: World, moment: datetime, lead: Lead, channel: str, campaign: str, kind: str
) -> None:
    """Write one touch of a lead, and of its company and contact where they are known."""
    world.add(
        "touches",
        touch_id=world.next_id("t"),
        touched_at=moment,
        company_id=lead.company.company_id if lead.company else None,
        contact_id=lead.contact.contact_id if lead.contact else None,
        lead_id=lead.lead_id,
        marketing_channel=channel,
        campaign=campaign,
        interaction_type=kind,
        loaded_at=loaded(moment),
    )


def add_email_list(world: World) -> None:
    """Write `email_subscriptions`: sign-ups, confirmations, goodbyes, bounces, imports."""
    draws = world.draws("email list")
    for number in range(110):
        _listed(
            world,
            draws,
            person(draws, f"altkunde-{number + 1:03d}.example"),
            datetime.combine(FIRST_DAY, time(5)),
            "import",
        )
    for lead in world.leads:
        if lead.lead_type == "newsletter":
            _listed(
                world,
                draws,
                str(lead.email),
                lead.created_at,
                "subscribe",
                lead.client_id,
                "footer",
            )
        elif lead.client_id and is_working_lead(lead) and draws.chance(0.38):
            _listed(
                world,
                draws,
                str(lead.email),
                lead.created_at,
                "subscribe",
                lead.client_id,
                "contact_form",
            )


def _listed(
    world: World,
    draws: Draws,
    email: str,
    moment: datetime,
    event: str,
    client_id: str | None = None,
    form: str = "",
) -> None:
    """Write an address's life on the list, from its first event on."""

    def write(kind: str, at: datetime, by: str | None = None, form_name: str = "") -> None:
        if at <= LAST_MOMENT:
            world.add(
                "email_subscriptions",
                subscription_event_id=world.next_id("m"),
                email=email,
                event_type=kind,
                event_at=at,
                client_id=by,
                form_name=form_name,
                loaded_at=loaded(at),
            )

    write(event, moment, client_id, form)
    if event == "subscribe" and draws.chance(0.82):
        write("confirm", later(moment, seconds=draws.between(60, 90000)))
    if draws.chance(0.34):
        leaves = later(moment, days=draws.between(20, 700), seconds=5000)
        write("bounce" if draws.chance(0.2) else "unsubscribe", leaves)
        if draws.chance(0.1):
            write("subscribe", later(leaves, days=60), client_id, form)
