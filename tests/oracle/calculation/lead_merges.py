"""Which records are one lead: links of merged records, followed to the record that survived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

Record = dict[str, Any]


def survivors(links: dict[str, str | None]) -> dict[str, str]:
    """The surviving id of each id; links into nobody, and those of a cycle, are none."""
    kept = {one: to for one, to in links.items() if to is not None and to in links}
    for one in in_cycles(kept):
        del kept[one]
    ends = {}
    for one in links:
        end = one
        while end in kept:
            end = kept[end]
        ends[one] = end
    return ends


def in_cycles(links: dict[str, str]) -> set[str]:
    """Ids that one comes back to by following the links from them."""
    cyclic = set()
    for one in links:
        seen = set()
        at = links.get(one)
        while at is not None and at not in seen and at != one:
            seen.add(at)
            at = links.get(at)
        if at == one:
            cyclic.add(one)
    return cyclic


def survivors_of(records: list[Record]) -> dict[str, str]:
    """The surviving lead of each record."""
    return survivors({record["lead_id"]: record["merged_into_lead_id"] for record in records})


def speaking_records(records: list[Record]) -> dict[str, str]:
    """The surviving lead of each record that says something: spam that was merged does not."""
    spam = {record["lead_id"] for record in records if record["is_spam"]}
    return {one: end for one, end in survivors_of(records).items() if one == end or one not in spam}


def grouped_records(records: list[Record]) -> dict[str, list[Record]]:
    """Records by surviving lead, the oldest first; deleted ones among them still pass on links."""
    ends = survivors_of(records)
    groups: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda row: (first_contact(row), row["lead_id"])):
        groups.setdefault(ends[record["lead_id"]], []).append(record)
    return groups


def first_contact(record: Record) -> datetime:
    """When the record's person was first in touch."""
    return record["first_seen_at"] or record["created_at"]


def beginnings(records: list[Record]) -> dict[str, datetime]:
    """The first contact of each record: what happened to it before is rejected."""
    return {record["lead_id"]: first_contact(record) for record in records}
