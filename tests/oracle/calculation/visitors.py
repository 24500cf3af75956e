"""Who sits in front of a browser: the contact that it is stitched to, and their account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from oracle.calculation.facts import Order
from oracle.calculation.identity import Identity
from oracle.calculation.reading import EARLIEST, Reading


@dataclass(frozen=True)
class Sighting:
    """One place where a browser was seen together with a person."""

    client_id: str
    contact_id: str  # after merges
    seen_at: datetime | None  # None where nobody says when


@dataclass
class Visitors:
    """Browsers, whom they are stitched to, and for which accounts they acted."""

    identity: Identity
    contact_of: dict[str, str] = field(default_factory=dict)
    ordered_for: dict[str, str] = field(default_factory=dict)
    acted_for: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def visitor(self, client_id: str) -> str:
        """The contact that a browser was stitched to, else the browser itself."""
        contact = self.contact_of.get(client_id)
        return person(contact) if contact else client_id

    def account(self, client_id: str) -> str | None:
        """The account of the contact, else the one that the browser ordered for."""
        contact = self.contact_of.get(client_id)
        found = self.identity.account_of_contact(contact) if contact else None
        return found or self.ordered_for.get(client_id)

    def is_internal(self, client_id: str) -> bool:
        """Whether one's own people sit in front of a browser."""
        contact = self.identity.contact_row(self.contact_of.get(client_id))
        emails = [contact["email"]] if contact else []
        return self.identity.is_internal(self.account(client_id), emails)

    def accounts(self, client_id: str) -> set[str | None]:
        """Every account on whose path the visits of a browser are; None if its own is unknown."""
        return {self.account(client_id)} | self.acted_for.get(client_id, set())

    def visitor_of_address(self, email: str, role_names: set[str]) -> str | None:
        """The contact that has an address, unless the address is an office."""
        if email.partition("@")[0] in role_names:
            return None
        contact_id = contact_of({"contact_id": None, "email": email}, self.identity)
        return person(contact_id) if contact_id else None


def person(contact_id: str) -> str:
    """How a visitor is named who is a contact."""
    return f"contact:{contact_id}"


def lead_account(row: dict, identity: Identity) -> str:
    """The account of a lead record; if nothing names one, the lead stands for itself."""
    found = identity.account_of(row["company_id"], row["contact_id"], row["email"])
    return found or f"lead:{row['lead_id']}"


def visitors(reading: Reading, identity: Identity, orders: Iterable[Order]) -> Visitors:
    """Stitch browsers to contacts; the latest sighting decides, for all of their history."""
    found = Visitors(identity)
    for sighting in sorted(_sightings(reading, identity), key=_age):
        found.contact_of[sighting.client_id] = sighting.contact_id
    for order in sorted(orders, key=lambda order: (order.placed_at, order.order_id)):
        if order.client_id is not None:
            found.ordered_for[order.client_id] = order.account_id
            found.acted_for[order.client_id].add(order.account_id)
    for row in reading.live("leads"):
        if row["client_id"] is not None:
            found.acted_for[row["client_id"]].add(lead_account(row, identity))
    return found


def _sightings(reading: Reading, identity: Identity) -> Iterable[Sighting]:
    """Contacts that name their browser, and hits, visits and orders of somebody known."""
    dated = {
        "contacts": None,
        "web_events": "event_at",
        "web_sessions": "started_at",
        "orders": "placed_at",
    }
    for table, moment in dated.items():
        for row in reading.live(table):
            contact_id = contact_of(row, identity) if row["client_id"] else None
            if contact_id is not None:
                yield Sighting(row["client_id"], contact_id, row[moment] if moment else None)


def contact_of(row: dict, identity: Identity) -> str | None:
    """The contact that a row names, else the one that has its address."""
    if row["contact_id"] is not None:
        return identity.contact(row["contact_id"])
    contacts = identity.email_contacts.get(row.get("email") or "", [])
    return identity.contact(contacts[0]["contact_id"]) if contacts else None


def _age(sighting: Sighting) -> tuple:
    return (sighting.seen_at or EARLIEST, sighting.contact_id)
