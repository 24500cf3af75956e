"""Where a visit comes from: source, medium and campaign, and the channel that they make (A7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from oracle.calculation.business import Row

UNASSIGNED = "Unassigned"
UNKNOWN = "(unknown)"
NOT_SET = "(not set)"
DIRECT = "Direct"


@dataclass(frozen=True)
class Origin:
    """What brought a hit or a visit."""

    source: str
    medium: str
    campaign: str | None


NOWHERE = Origin("(direct)", "(none)", None)


@dataclass(frozen=True)
class Rule:
    """One row of channel_rules; a pattern that is not given matches anything."""

    patterns: tuple[re.Pattern[str] | None, ...]
    channel: str
    is_marketing: bool
    is_paid: bool

    def matches(self, *values: str | None) -> bool:
        return all(
            pattern is None or pattern.search(value or "")
            for pattern, value in zip(self.patterns, values, strict=True)
        )


class Channels:
    """The rules that turn source, medium and campaign into a channel; the first one wins."""

    def __init__(self, rules: list[Row]) -> None:
        ordered = sorted(rules, key=lambda rule: int(rule["rule_order"]))
        self.rules = [
            Rule(
                tuple(
                    re.compile(rule[column]) if rule.get(column) else None
                    for column in ("source_pattern", "medium_pattern", "campaign_pattern")
                ),
                rule["marketing_channel"],
                rule["is_marketing"].lower() == "true",
                rule["is_paid"].lower() == "true",
            )
            for rule in ordered
        ]
        self.names = {_plain(rule.channel): rule.channel for rule in self.rules}
        self.names[_plain(UNASSIGNED)] = UNASSIGNED
        self.marketing = {rule.channel for rule in self.rules if rule.is_marketing}
        self.paid = {rule.channel for rule in self.rules if rule.is_paid}

    def of(self, source: str | None, medium: str | None, campaign: str | None) -> str:
        """The channel of a visit; what no rule takes is unassigned."""
        values = [(value or "").lower() for value in (source, medium, campaign)]
        return next((rule.channel for rule in self.rules if rule.matches(*values)), UNASSIGNED)

    def of_origin(self, origin: Origin) -> str:
        return self.of(origin.source, origin.medium, origin.campaign)

    def named(self, name: str | None) -> str | None:
        """The channel that another system names in its own way, read through the rules too."""
        if name is None:
            return None
        if _plain(name) in self.names:
            return self.names[_plain(name)]
        channel = self.of(None, name, None)
        return channel if channel != UNASSIGNED else name

    def is_marketing(self, channel: str) -> bool:
        return channel in self.marketing

    def is_paid(self, channel: str) -> bool:
        return channel in self.paid


class Referrers:
    """Which referring host is a source: neither the page's own one nor an excluded one."""

    def __init__(self, exclusions: list[Row]) -> None:
        self.excluded = {row["host"].lower() for row in exclusions if row["host"]}

    def origin(
        self,
        utm: tuple[str | None, str | None, str | None],
        referrer: str | None,
        page_url: str | None,
    ) -> Origin | None:
        """Campaign tags, else an outside referrer; None where a hit says nothing of it."""
        if any(utm):
            source, medium, campaign = utm
            return Origin(_lower(source) or NOT_SET, _lower(medium) or NOT_SET, campaign)
        host = host_of(referrer)
        if host is None or self._is_inside(host, host_of(page_url)):
            return None
        return Origin(host, "referral", None)

    def _is_inside(self, host: str, own: str | None) -> bool:
        if own is not None and _is_part_of(host, own):
            return True
        return any(_is_part_of(host, excluded) for excluded in self.excluded)


class Campaigns:
    """What is known of campaigns: their channel, program, initiative and tactic."""

    DIMENSIONS = ("program", "initiative", "tactic")

    def __init__(self, rows: list[dict], channels: Channels) -> None:
        self.rows = {}
        for row in sorted(rows, key=lambda row: row["source_name"]):
            self.rows.setdefault(row["campaign"], row)
        self.channels = channels

    def channel(self, campaign: str | None) -> str | None:
        """The channel that a campaign is booked under, if its row says one."""
        row = self.rows.get(campaign)
        return self.channels.named(row["marketing_channel"]) if row else None

    def member(self, campaign: str | None, dimension: str) -> str:
        """Program, initiative or tactic of a campaign."""
        row = self.rows.get(campaign)
        return (row and row[dimension]) or UNKNOWN


def host_of(address: str | None) -> str | None:
    """The host of an address, lower case and without www; None for a path without one."""
    if not address:
        return None
    text = address.strip().lower()
    if "://" not in text:
        if not text.startswith("//"):
            return None
        text = "http:" + text
    return (urlsplit(text).hostname or "").removeprefix("www.") or None


def path_of(address: str | None) -> str | None:
    """The path of a page, without host, query and anchor."""
    if not address:
        return None
    text = re.sub(r"^([a-z][a-z0-9+.-]*:)?//[^/?#]*", "", address.strip(), flags=re.IGNORECASE)
    return re.split(r"[?#]", text)[0] or "/"


def _is_part_of(host: str, domain: str) -> bool:
    """A host, or a subdomain of it."""
    return host == domain or host.endswith("." + domain)


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _plain(name: str) -> str:
    """A channel's name without case and marks: paid_search is Paid Search."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())
