"""Visits: hits that belong together, where they came from, and how far they went (K03, K07)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from oracle.calculation.business import Row
from oracle.calculation.channels import NOWHERE, UNKNOWN, Channels, Origin, Referrers, path_of

TypedRow = dict[str, object]
FUNNEL_EVENTS = {
    "has_product_view": "product_view",
    "has_cart": "add_to_cart",
    "has_checkout": "checkout",
}


@dataclass
class Visit:
    """One visit of a browser, before it is known who sits in front of it."""

    session_id: str
    source_name: str
    client_id: str
    contact_id: str | None  # who was logged in
    started_at: datetime
    ended_at: datetime
    pageviews: int
    bytes_sent: int | None
    origin: Origin
    channel: str
    landing_page: str | None
    device_type: str | None
    country_code: str | None
    has_form: bool
    parts_by_campaign: int | None  # visits that it would be if campaigns split it
    hits: list[TypedRow] = field(default_factory=list)
    flags: dict[str, bool | None] = field(default_factory=dict)  # of a delivered visit
    is_delivered: bool = False
    is_bot: bool = False


class Bots:
    """Programs that are no visitors: said so, or known by their user agent (R1)."""

    def __init__(self, rows: list[Row]) -> None:
        self.patterns = [re.compile(row["pattern"]) for row in rows if row["pattern"]]

    def sent(self, hit: TypedRow) -> bool:
        if hit["is_bot"] is not None:
            return bool(hit["is_bot"])
        agent = str(hit.get("user_agent") or "").lower()
        return bool(agent) and any(pattern.search(agent) for pattern in self.patterns)


class Sessioniser:
    """Cuts the hits of a browser into visits at each gap above the timeout."""

    def __init__(
        self, channels: Channels, referrers: Referrers, bots: Bots, timeout_seconds: int
    ) -> None:
        self.channels = channels
        self.referrers = referrers
        self.bots = bots
        self.timeout = timedelta(seconds=timeout_seconds)

    def visits(self, hits: Iterable[TypedRow]) -> list[Visit]:
        """Visits of hits that are no bot's and have a visitor."""
        by_browser: dict[str, list[TypedRow]] = defaultdict(list)
        for hit in hits:
            if hit["client_id"] is not None and not self.bots.sent(hit):
                by_browser[hit["client_id"]].append(hit)
        return [
            visit
            for browser_hits in by_browser.values()
            for visit in self._visits_of_browser(browser_hits)
        ]

    def _visits_of_browser(self, hits: list[TypedRow]) -> list[Visit]:
        """Visits in order; what the browser last came from is remembered from visit to visit."""
        visits = []
        last_origin: Origin | None = None
        for part in self._cut(hits):
            origins = [self._origin(hit) for hit in part]
            changes = 0
            for position, origin in enumerate(origins):
                if origin is None:
                    continue
                changes += position > 0 and origin != last_origin
                last_origin = origin
            visits.append(self._visit(part, origins, 1 + changes))
        return visits

    def _cut(self, hits: list[TypedRow]) -> list[list[TypedRow]]:
        hits = sorted(hits, key=lambda hit: (hit["event_at"], hit["event_id"]))
        parts = [[hits[0]]]
        for earlier, hit in pairwise(hits):
            if hit["event_at"] - earlier["event_at"] > self.timeout:
                parts.append([])
            parts[-1].append(hit)
        return parts

    def _visit(self, hits: list[TypedRow], origins: list[Origin | None], parts: int) -> Visit:
        first, last = hits[0], hits[-1]
        origin = next((found for found in origins if found is not None), NOWHERE)
        views = [hit for hit in hits if hit["event_name"] == "page_view"]
        sizes = [hit["bytes_sent"] for hit in hits if hit["bytes_sent"] is not None]
        return Visit(
            session_id=f"{first['client_id']}@{first['event_at']}",
            source_name=first["source_name"],
            client_id=first["client_id"],
            contact_id=_first(hit["contact_id"] for hit in reversed(hits)),
            started_at=first["event_at"],
            ended_at=last["event_at"],
            pageviews=len(views),
            bytes_sent=sum(sizes) if sizes else None,
            origin=origin,
            channel=self.channels.of_origin(origin),
            landing_page=path_of(_first(hit["page_url"] for hit in views)),
            device_type=_first(hit["device_type"] for hit in hits),
            country_code=_first(hit["country_code"] for hit in hits),
            has_form=any(hit["event_name"] == "form_submit" for hit in hits),
            parts_by_campaign=parts,
            hits=hits,
        )

    def _origin(self, hit: TypedRow) -> Origin | None:
        utm = (hit["utm_source"], hit["utm_medium"], hit["utm_campaign"])
        return self.referrers.origin(utm, hit["referrer"], hit["page_url"])

    def delivered(self, row: TypedRow) -> Visit:
        """A visit as a source that counts visits itself tells of it."""
        utm = (row["utm_source"], row["utm_medium"], row["utm_campaign"])
        origin = self.referrers.origin(utm, row["referrer"], row["landing_page"]) or NOWHERE
        return Visit(
            session_id=row["session_id"],
            source_name=row["source_name"],
            client_id=row["client_id"],
            contact_id=row["contact_id"],
            started_at=row["started_at"],
            ended_at=row["ended_at"] or row["started_at"],
            pageviews=row["pageviews"],
            bytes_sent=row["bytes_sent"],
            origin=origin,
            channel=self.channels.of_origin(origin),
            landing_page=path_of(row["landing_page"]),
            device_type=row["device_type"],
            country_code=row["country_code"],
            has_form=bool(row["has_form_submit"]),
            parts_by_campaign=None,
            flags={flag: row[flag] for flag in FUNNEL_EVENTS},
            is_delivered=True,
            is_bot=bool(row["is_bot"]),
        )


def steps(visit: Visit, order_moments: list[datetime]) -> list[datetime | bool | None]:
    """The steps of the closed funnel that a visit took, in order: moments, or True without them.

    A step counts at or after each step before it; None from the first step on that was not taken.
    """
    if visit.is_delivered:
        taken: list[datetime | bool | None] = []
        for flag in FUNNEL_EVENTS:
            taken.append(True if visit.flags[flag] and None not in taken else None)
        taken.append(True if order_moments and None not in taken else None)
        return taken
    since: datetime | None = visit.started_at
    moments: list[datetime | bool | None] = []
    for event_name in FUNNEL_EVENTS.values():
        since = _at_or_after(
            since, (hit["event_at"] for hit in visit.hits if hit["event_name"] == event_name)
        )
        moments.append(since)
    moments.append(_at_or_after(since, order_moments))
    return moments


def _at_or_after(since: datetime | None, moments: Iterable[datetime]) -> datetime | None:
    if since is None:
        return None
    return min((moment for moment in moments if moment >= since), default=None)


def _first(values: Iterable[object]) -> object | None:
    return next((value for value in values if value is not None), None)


def visit_members(visit: Visit) -> dict[str, str]:
    """What a visit counts under, but for who made it."""
    return {
        "marketing_channel": visit.channel,
        "source": visit.origin.source,
        "medium": visit.origin.medium,
        "campaign": visit.origin.campaign or UNKNOWN,
        "landing_page": visit.landing_page or UNKNOWN,
        "device_type": visit.device_type or UNKNOWN,
        "country": visit.country_code or UNKNOWN,
    }
