"""Leads after merges: who they are, when they came, of which kind, and whether they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle.calculation.channels import UNKNOWN, Campaigns, Channels
from oracle.calculation.facts import Lead, LeadRecord, Member
from oracle.calculation.identity import DIMENSIONS, Identity
from oracle.calculation.lead_merges import Record, first_contact, grouped_records
from oracle.calculation.reading import Reading
from oracle.calculation.values import is_address

STRICT = ("form", "quote", "demo", "account_request")


@dataclass(frozen=True)
class LeadSources:
    """What leads are made with."""

    reading: Reading
    identity: Identity
    channels: Channels
    campaigns: Campaigns


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
    said = _said(own, told)
    created_at = first_contact(told[0])
    identity = sources.identity
    account_id = identity.account_of(said["company_id"], said["contact_id"], said["email"])
    contact_id = said["contact_id"]
    lead_type = _lead_type(own, told)
    created_date = sources.reading.business_date(created_at)
    return Lead(
        lead_id=survivor,
        account_id=account_id,
        contact_id=identity.contact(contact_id) if contact_id else None,
        created_at=created_at,
        created_date=created_date,
        lead_type=lead_type,
        is_strict=lead_type in STRICT,
        exclusion_reason=_exclusion(own, account_id, said, sources),
        records=[
            LeadRecord(
                record_date=sources.reading.business_date(first_contact(record)),
                is_strict=record["lead_type"] in STRICT,
                is_spam=record["is_spam"],
            )
            for record in records
        ],
        client_id=said["client_id"],
        is_reachable=_is_reachable(said, sources),
        members=_members(said, account_id, created_date, sources),
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
    is_internal = sources.identity.is_internal(account_id, [said["email"]])
    return "internal_account" if is_internal else None


def _is_reachable(said: Record, sources: LeadSources) -> bool:
    contact = sources.identity.contact_row(said["contact_id"])
    return any(
        row is not None
        and (row["phone"] is not None or (row["email"] is not None and is_address(row["email"])))
        for row in (said, contact)
    )


def _members(said: Record, account_id: str | None, day: date, sources: LeadSources) -> Member:
    """Its own members, and those of its account on that day where it says nothing."""
    account = account_members(sources, account_id, day)
    campaign = said["campaign"] or said["utm_campaign"]
    return {
        "lead_source": said["lead_source"] or UNKNOWN,
        "marketing_channel": _channel(said, sources),
        "campaign": campaign or UNKNOWN,
        "industry": said["industry"] or account["industry"],
        "country": said["country_code"] or account["country"],
        "account_size_band": account["account_size_band"],
        "sales_rep": said["sales_rep_id"] or account["sales_rep"],
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


def _channel(said: Record, sources: LeadSources) -> str:
    """The lead's own channel, else its campaign's, else what its campaign tags make."""
    named = sources.channels.named(said["marketing_channel"])
    named = named or sources.campaigns.channel(said["campaign"])
    tags = (said["utm_source"], said["utm_medium"], said["utm_campaign"])
    return named or (sources.channels.of(*tags) if any(tags) else UNKNOWN)
