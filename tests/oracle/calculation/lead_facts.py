"""From raw rows to journeys, scores and quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from oracle.calculation.channels import UNKNOWN
from oracle.calculation.facts import Lead, Member, Order
from oracle.calculation.identity import NO_ACCOUNT
from oracle.calculation.lead_journeys import Deal, Entry, Journey, follow, stage_of
from oracle.calculation.lead_merges import Record, beginnings, speaking_records, survivors_of
from oracle.calculation.lead_scores import (
    Observation,
    Score,
    Scoring,
    criteria_of,
    criteria_on,
    score,
)
from oracle.calculation.leads import LeadSources, account_members, known_records
from oracle.calculation.quotes import LatestLeads, Quote


def journeys(sources: LeadSources, leads: Iterable[Lead], orders: Iterable[Order]) -> list[Journey]:
    """What became of each lead."""
    leads, orders = list(leads), list(orders)
    return follow(
        leads,
        _entries(sources),
        _deals(sources, leads, orders),
        first_orders(orders),
        _first_payments(sources, orders),
        sources.reading.business_date,
    )


def first_orders(orders: Iterable[Order]) -> dict[str, datetime]:
    """The moment of the first valid order of each account."""
    first: dict[str, datetime] = {}
    for order in orders:
        if order.is_valid:
            at = first.get(order.account_id, order.placed_at)
            first[order.account_id] = min(at, order.placed_at)
    return first


def _first_payments(sources: LeadSources, orders: Iterable[Order]) -> dict[str, datetime]:
    """The moment of the first succeeded payment of each account for a valid order."""
    account_of = {order.order_id: order.account_id for order in orders if order.is_valid}
    first: dict[str, datetime] = {}
    for row in sources.reading.live("payments"):
        account_id = account_of.get(row["order_id"])
        if account_id is None or row["payment_status"] != "succeeded" or row["amount"] <= 0:
            continue
        day = sources.reading.business_date(row["paid_at"])
        if sources.rates.rate(row["currency_code"], day) is not None:
            first[account_id] = min(first.get(account_id, row["paid_at"]), row["paid_at"])
    return first


def _entries(sources: LeadSources) -> dict[str, list[Entry]]:
    """Recorded entries into stages, by surviving lead."""
    records = known_records(sources.reading)
    ends, begun = speaking_records(records), beginnings(records)
    rules = sources.identity.configuration["stage_rules"]
    found: dict[str, list[Entry]] = defaultdict(list)
    for row in sources.reading.live("lead_stage_history"):
        stage = stage_of(row["source_name"], row["stage"], rules)
        is_sound = row["lead_id"] in ends and row["entered_at"] >= begun[row["lead_id"]]
        if stage is not None and is_sound:
            found[ends[row["lead_id"]]].append(Entry(row["entered_at"], stage))
    return found


def _deals(sources: LeadSources, leads: list[Lead], orders: list[Order]) -> list[Deal]:
    """Deals that are sound, with their lead and account after merges."""
    records, identity = known_records(sources.reading), sources.identity
    ends, begun = survivors_of(records), beginnings(records)
    of_lead = {lead.lead_id: lead.account_id for lead in leads}
    of_order = {order.order_id: order.account_id for order in orders}
    found = []
    for row in sources.reading.live("opportunities"):
        account_id = identity.account_of(row["company_id"], row["contact_id"], None)
        account_id = account_id or of_lead.get(ends.get(row["lead_id"]))
        account_id = account_id or of_order.get(row["order_id"])
        is_before_lead = row["created_at"] < begun.get(row["lead_id"], row["created_at"])
        if is_before_lead or identity.is_internal(account_id) or _lacks_rate(row, sources):
            continue
        found.append(
            Deal(
                deal_id=row["opportunity_id"],
                lead_id=ends.get(row["lead_id"]),
                account_id=account_id,
                created_at=row["created_at"],
                won_at=row["closed_at"] if row["opportunity_status"] == "won" else None,
            )
        )
    return found


def _lacks_rate(deal: Record, sources: LeadSources) -> bool:
    """Whether a closed deal with an amount is rejected, for lack of a rate at its close."""
    is_closed = deal["closed_at"] is not None and deal["opportunity_status"] != "open"
    if not is_closed or deal["amount"] is None:
        return False
    day = sources.reading.business_date(deal["closed_at"])
    return sources.rates.rate(deal["currency_code"], day) is None


def scores(sources: LeadSources, leads: Iterable[Lead], after_days: int) -> dict[str, Score]:
    """The score of each lead at the end of the day some days after it."""
    reading = sources.reading
    ends = speaking_records(known_records(reading))
    criteria = criteria_of(sources.identity.configuration["lead_score_criteria"])
    scorings: dict[str, list[Scoring]] = defaultdict(list)
    for row in reading.live("lead_scores"):
        scoring = Scoring(row["scored_at"], row["score"], row["score_version"])
        scorings[ends.get(row["lead_id"])].append(scoring)
    looks: dict[str, list[Observation]] = defaultdict(list)
    for row in reading.live("lead_criteria"):
        look = Observation(row["observed_at"], row["criterion"], row["is_met"])
        looks[ends.get(row["lead_id"])].append(look)

    def is_known(moment: datetime, lead: Lead) -> bool:
        last_day = lead.created_date + timedelta(days=after_days)
        return moment >= lead.created_at and reading.business_date(moment) <= last_day

    return {
        lead.lead_id: score(
            [one for one in scorings[lead.lead_id] if is_known(one.scored_at, lead)],
            [one for one in looks[lead.lead_id] if is_known(one.observed_at, lead)],
            criteria_on(criteria, lead.created_date),
        )
        for lead in leads
    }


def quotes(sources: LeadSources, leads: Iterable[Lead], orders: Iterable[Order]) -> list[Quote]:
    """Quotes that count, with the members of their account and of the latest lead by then."""
    leads = [lead for lead in leads if lead.exclusion_reason is None]
    orders = list(orders)
    placed = {order.order_id: order.placed_at for order in orders if order.is_valid}
    account_of_order = {order.order_id: order.account_id for order in orders}
    of_person = LatestLeads(leads, lambda lead: (lead.account_id, lead.contact_id))
    of_account = LatestLeads(leads, lambda lead: lead.account_id)
    identity = sources.identity
    found = []
    for row in sources.reading.live("quotes"):
        account_id = identity.account_of(row["company_id"], row["contact_id"], None)
        account_id = account_id or account_of_order.get(row["order_id"])
        if identity.is_internal(account_id):
            continue
        requested_at = row["requested_at"]
        day = sources.reading.business_date(requested_at)
        person = identity.contact(row["contact_id"]) if row["contact_id"] else None
        lead = of_person.by((account_id, person), requested_at) if account_id and person else None
        lead = lead or of_account.by(account_id, requested_at)
        account = account_members(sources, account_id, day)
        found.append(
            Quote(
                quote_id=row["quote_id"],
                requested_at=requested_at,
                requested_date=day,
                moments={
                    "sent": row["sent_at"],
                    "accepted": row["accepted_at"],
                    "ordered": placed.get(row["order_id"]),
                },
                members={
                    "industry": account["industry"] if account_id else NO_ACCOUNT,
                    "sales_rep": _rep(account, lead),
                    "lead_source": lead.members["lead_source"] if lead else UNKNOWN,
                },
            )
        )
    return found


def _rep(account: Member, lead: Lead | None) -> str:
    """The owner of the account, else of the lead."""
    if account["sales_rep"] == UNKNOWN and lead is not None:
        return lead.members["sales_rep"]
    return account["sales_rep"]
