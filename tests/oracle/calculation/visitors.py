"""Who sits in front of a browser: the contact that it is stitched to, and their account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Sighting:
    """One place where a browser and a person, or an account, were seen together."""

    client_id: str
    contact_id: str | None  # after merges
    account_id: str | None
    seen_at: datetime | None  # None where nobody says when


@dataclass
class Visitors:
    """Browsers, whom they are stitched to, and for which accounts they acted."""

    account_of_contact: Callable[[str], str | None]
    contact_of: dict[str, str] = field(default_factory=dict)
    accounts_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    account_acted_for: dict[str, str] = field(default_factory=dict)

    def visitor(self, client_id: str) -> str:
        """The contact that a browser was stitched to, else the browser itself."""
        contact = self.contact_of.get(client_id)
        return person(contact) if contact else client_id

    def account(self, client_id: str) -> str | None:
        """The account of the contact, else the one that the browser acted for."""
        contact = self.contact_of.get(client_id)
        found = self.account_of_contact(contact) if contact else None
        return found or self.account_acted_for.get(client_id)

    def accounts(self, client_id: str) -> set[str]:
        """Every account on whose path the visits of a browser are."""
        own = self.account(client_id)
        return self.accounts_of.get(client_id, set()) | ({own} if own else set())


def person(contact_id: str) -> str:
    """How a visitor is named who is a contact."""
    return f"contact:{contact_id}"


def stitch(
    sightings: Iterable[Sighting], account_of_contact: Callable[[str], str | None]
) -> Visitors:
    """The latest sighting of a contact decides, for all of the browser's history."""
    visitors = Visitors(account_of_contact)
    for sighting in sorted(sightings, key=_age):
        if sighting.contact_id is not None:
            visitors.contact_of[sighting.client_id] = sighting.contact_id
        if sighting.account_id is not None:
            visitors.accounts_of[sighting.client_id].add(sighting.account_id)
            visitors.account_acted_for[sighting.client_id] = sighting.account_id
    return visitors


def _age(sighting: Sighting) -> tuple:
    return (
        sighting.seen_at or datetime.min,
        sighting.contact_id or "",
        sighting.account_id or "",
    )
