"""Leads after merges: who they are, when they came, of which kind, and whether they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle.calculation.channels import UNKNOWN, Campaigns, Channels
from oracle.calculation.facts import Lead, LeadRecord, Member
from oracle.calculation.identity import DIMENSIONS, Identity
from oracle.calculation.lead_merges import Record, first_contact, grouped_records
from oracle.calculation.money import Rates
from oracle.calculation.reading import Reading
from oracle.calculation.values import is_address
from oracle.calculation.visitors import Visitors, contact_of

FEWEST_DIGITS = 7
PHONE_SIGNS = set("0123456789 ()./x-")
STRICT = ("form", "quote", "demo", "account_request")


@dataclass(frozen=True)
class LeadSources:
    """What leads are made with."""

    reading: Reading
    identity: Identity
    channels: Channels
    campaigns: Campaigns
    visitors: Visitors
    rates: Rates


def merged_leads(sources: LeadSources) -> list[Lead]:
    """One lead per surviving record; deleted records that were merged are among its records."""
    groups = grouped_records(known_records(sources.reading))
    return [_lead(survivor, same, sources) for survivor, same in sorted(groups.items())]


def known_records(reading: Reading) -> list[Record]:
    """Records until the data's clock, deleted ones too."""
    return [row for row in reading.all("leads") if row["exclusion_reason"] != "after_as_of"]


def _lead(survivor: str, records: list[Record], sources: LeadSources) -> Lead:
    own = next(record for record in records if record["lead_id"] == survivor)
    told = [record for record in records if record is own or not record["is_spam"]]
    said = _said([own, *told], sources)
    created_at = first_contact(told[0])
    created_date = sources.reading.business_date(created_at)
    lead_type = _lead_type(own, told)
    return Lead(
        lead_id=survivor,
        account_id=said["account_id"],
        contact_id=said["contact"],
        created_at=created_at,
        created_date=created_date,
        lead_type=lead_type,
        is_strict=lead_type in STRICT,
        exclusion_reason=_exclusion(own, said, sources),
        records=[
            LeadRecord(
                lead_id=record["lead_id"],
                record_date=sources.reading.business_date(first_contact(record)),
                is_strict=record["lead_type"] in STRICT,
                is_spam=record["is_spam"],
            )
            for record in records
        ],
        client_id=said["client_id"],
        is_reachable=any(_is_reachable(record, sources) for record in (own, *told)),
        members=_members(said, created_date, sources),
    )


def _said(records: list[Record], sources: LeadSources) -> Record:
    """What the surviving record says; what it leaves open comes from the oldest that says it."""
    resolved = [_resolved(record, sources) for record in records]
    said: dict[str, Any] = {
        column: next((record[column] for record in resolved if record[column] is not None), None)
        for column in resolved[0]
    }
    return said


def _resolved(record: Record, sources: LeadSources) -> Record:
    """One record with its account, contact, campaign and channel."""
    return {
        **record,
        "account_id": _account(record, sources),
        "contact": contact_of(record, sources.identity)
        or sources.visitors.contact_of.get(record["client_id"]),
        "channel": _channel(record, sources),
        "campaign_name": record["campaign"] or record["utm_campaign"],
    }


def _account(record: Record, sources: LeadSources) -> str | None:
    """The account of the company, the contact or the address, else of the browser."""
    found = sources.identity.account_of(record["company_id"], record["contact_id"], record["email"])
    if found is None and record["client_id"] is not None:
        return sources.visitors.account(record["client_id"])
    return found


def _lead_type(own: Record, told: list[Record]) -> str:
    """That of the surviving record; a sign-up that was merged with a form is a form."""
    if own["lead_type"] in STRICT:
        return own["lead_type"]
    strict = (record["lead_type"] for record in told if record["lead_type"] in STRICT)
    return next(strict, own["lead_type"])


def _exclusion(own: Record, said: Record, sources: LeadSources) -> str | None:
    if own["exclusion_reason"] is not None:
        return own["exclusion_reason"]
    if own["is_spam"]:
        return "spam"
    is_internal = sources.identity.is_internal(said["account_id"], [said["email"]])
    return "internal_account" if is_internal else None


def _is_reachable(record: Record, sources: LeadSources) -> bool:
    """Whether a record, or its contact before or after merges, has an address or a number."""
    contact_id = record["contact_id"]
    contacts = (
        sources.identity.contacts.get(contact_id),
        sources.identity.contact_row(contact_id),
    )
    return any(
        row is not None and (is_phone_number(row["phone"] or "") or is_address(row["email"] or ""))
        for row in (record, *contacts)
    )


def is_phone_number(text: str) -> bool:
    """Whether a text is written like a phone number and has enough digits for one."""
    digits = sum(character in "0123456789" for character in text)
    return digits >= FEWEST_DIGITS and set(text.removeprefix("+")) <= PHONE_SIGNS


def _members(said: Record, day: date, sources: LeadSources) -> Member:
    """Its own members; industry and country of its account where it says nothing of them."""
    account = account_members(sources, said["account_id"], day)
    campaign = said["campaign_name"]
    return {
        "lead_source": said["lead_source"] or UNKNOWN,
        "marketing_channel": said["channel"] or UNKNOWN,
        "campaign": campaign or UNKNOWN,
        "industry": said["industry"] or account["industry"],
        "country": said["country_code"] or account["country"],
        "account_size_band": account["account_size_band"],
        "sales_rep": said["sales_rep_id"] or UNKNOWN,
        **{
            dimension: sources.campaigns.member(campaign, dimension)
            for dimension in Campaigns.DIMENSIONS
        },
    }


def account_members(sources: LeadSources, account_id: str | None, day: date) -> Member:
    """Members of an account on a day, unknown ones of none."""
    if account_id is None:
        return dict.fromkeys(DIMENSIONS, UNKNOWN)
    return sources.identity.members(account_id, day)


def _channel(record: Record, sources: LeadSources) -> str | None:
    """The record's own channel, else what its campaign tags make, else its campaign's."""
    named = sources.channels.named(record["marketing_channel"])
    tags = (record["utm_source"], record["utm_medium"], record["utm_campaign"])
    if named is None and any(tags):
        return sources.channels.of(*tags)
    return named or sources.campaigns.channel(record["campaign"])
