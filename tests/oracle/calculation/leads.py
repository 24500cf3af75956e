"""Leads after merges: who they are, when they came, of which kind, and whether they count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from oracle.calculation.channels import UNKNOWN, Campaigns, Channels
from oracle.calculation.facts import Lead, LeadRecord, Member
from oracle.calculation.lead_merges import Record, first_contact, grouped_records

STRICT = ("form", "quote", "demo", "account_request")


@dataclass(frozen=True)
class LeadSources:
    """What leads are made with: accounts, channels and the calendar of their business."""

    business_date: Callable[[datetime], date]
    account_of: Callable[[Record], str | None]  # by company, contact or e-mail
    contact_of: Callable[[str | None], str | None]  # after merges
    is_internal: Callable[[str | None, str | None], bool]  # of an account, with an e-mail
    account_members: Callable[[str | None, datetime], Member]
    contact_row: Callable[[str | None], Record | None]
    channels: Channels
    campaigns: Campaigns


def merged_leads(records: list[Record], sources: LeadSources) -> list[Lead]:
    """One lead per surviving record; deleted records that were merged are among its records."""
    known = [row for row in records if row["exclusion_reason"] in (None, "deleted_in_source")]
    return [
        _lead(survivor, same, sources)
        for survivor, same in sorted(grouped_records(known).items())
    ]


def _lead(survivor: str, records: list[Record], sources: LeadSources) -> Lead:
    own = next(record for record in records if record["lead_id"] == survivor)
    told = [record for record in records if record is own or not record["is_spam"]]
    said = _said(own, told)
    created_at = first_contact(told[0])
    account_id = sources.account_of(said)
    lead_type = _lead_type(own, told)
    return Lead(
        lead_id=survivor,
        account_id=account_id,
        contact_id=sources.contact_of(said["contact_id"]),
        created_at=created_at,
        created_date=sources.business_date(created_at),
        lead_type=lead_type,
        is_strict=lead_type in STRICT,
        exclusion_reason=_exclusion(own, account_id, said, sources),
        records=[
            LeadRecord(
                record_date=sources.business_date(first_contact(record)),
                is_strict=record["lead_type"] in STRICT,
                is_spam=record["is_spam"],
            )
            for record in records
        ],
        client_id=said["client_id"],
        is_reachable=_is_reachable(said, sources),
        members=_members(said, account_id, created_at, sources),
    )


def _said(own: Record, told: list[Record]) -> Record:
    """The surviving record; what it leaves open comes from the oldest record that says it."""
    said: dict[str, Any] = dict(own)
    for column, value in own.items():
        if value is None:
            said[column] = next(
                (record[column] for record in told if record[column] is not None), None
            )
    return said


def _lead_type(own: Record, told: list[Record]) -> str:
    """That of the surviving record; a sign-up that was merged with a form is a form."""
    if own["lead_type"] in STRICT:
        return own["lead_type"]
    strict = (record["lead_type"] for record in told if record["lead_type"] in STRICT)
    return next(strict, own["lead_type"])


def _exclusion(
    own: Record, account_id: str | None, said: Record, sources: LeadSources
) -> str | None:
    if own["exclusion_reason"] is not None:
        return own["exclusion_reason"]
    if own["is_spam"]:
        return "spam"
    return "internal_account" if sources.is_internal(account_id, said["email"]) else None


def _is_reachable(said: Record, sources: LeadSources) -> bool:
    contact = sources.contact_row(said["contact_id"])
    return any(
        row is not None and (_is_address(row["email"]) or row["phone"] is not None)
        for row in (said, contact)
    )


def _is_address(email: str | None) -> bool:
    """Whether it can be an e-mail address: a name, and a domain with a dot."""
    name, at, domain = (email or "").rpartition("@")
    return bool(name and at and "." in domain.strip("."))


def _members(
    said: Record, account_id: str | None, created_at: datetime, sources: LeadSources
) -> Member:
    """Its own members, and those of its account on that day where it says nothing."""
    account = sources.account_members(account_id, created_at)
    campaign = said["campaign"] or said["utm_campaign"]
    return {
        "lead_source": said["lead_source"] or UNKNOWN,
        "marketing_channel": _channel(said, sources),
        "campaign": campaign or UNKNOWN,
        "industry": said["industry"] or account.get("industry", UNKNOWN),
        "country": said["country_code"] or account.get("country", UNKNOWN),
        "account_size_band": account.get("account_size_band", UNKNOWN),
        "sales_rep": said["sales_rep_id"] or account.get("sales_rep", UNKNOWN),
        **{
            dimension: sources.campaigns.member(campaign, dimension)
            for dimension in Campaigns.DIMENSIONS
        },
    }


def _channel(said: Record, sources: LeadSources) -> str:
    """The lead's own channel, else its campaign's, else what its campaign tags make."""
    named = sources.channels.named(said["marketing_channel"])
    named = named or sources.campaigns.channel(said["campaign"])
    tags = (said["utm_source"], said["utm_medium"], said["utm_campaign"])
    return named or (sources.channels.of(*tags) if any(tags) else UNKNOWN)
