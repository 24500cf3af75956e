"""Who sits in front of a browser: the contact that it is stitched to, and their account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from oracle.calculation.facts import Order
from oracle.calculation.identity import Identity
from oracle.calculation.reading import Reading

PERSON = "contact:"
# Rows that do not count and say nothing of who used a browser either.
TELLS_NOTHING = ("deleted_in_source", "after_as_of", "test_order", "spam")


@dataclass(frozen=True)
class Sighting:
    """One place where a browser was seen together with a person."""

    client_id: str
    contact_id: str  # after merges
    rank: int  # 1 the contact's own browser, 2 a login, 3 an order, 4 a lead
    seen_at: datetime | None


@dataclass
class Visitors:
    """Browsers, whom they are stitched to, and for which accounts they acted."""

    identity: Identity
    contact_of: dict[str, str] = field(default_factory=dict)
    ordered_for: dict[str, str] = field(default_factory=dict)

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

    def visitor_of_address(self, email: str, role_names: set[str]) -> str | None:
        """The contact that has an address, unless the address is an office."""
        if email.partition("@")[0] in role_names:
            return None
        contact_id = contact_of({"contact_id": None, "email": email}, self.identity)
        return person(contact_id) if contact_id else None


def person(contact_id: str) -> str:
    """How a visitor is named who is a contact."""
    return f"{PERSON}{contact_id}"


def visitors(reading: Reading, identity: Identity, orders: Iterable[Order]) -> Visitors:
    """Stitch browsers to contacts, for all of their history.

    The strongest sighting of somebody known decides, of equal ones the latest.
    """
    found = Visitors(identity)
    sightings = (*_sightings(reading, identity), *_order_sightings(orders, identity))
    for sighting in sorted(sightings, key=_weakness, reverse=True):
        if sighting.contact_id in identity.contacts:
            found.contact_of[sighting.client_id] = sighting.contact_id
    for order in sorted(orders, key=_precedence):
        if order.client_id is not None:
            found.ordered_for[order.client_id] = order.account_id
    return found


def _precedence(order: Order) -> tuple:
    """The latest order says for whom a browser orders; one of a guest only if there is no other."""
    return (not order.account_id.startswith("guest:"), order.placed_at, order.order_id)


def _sightings(reading: Reading, identity: Identity) -> Iterable[Sighting]:
    """Contacts, hits, visits and leads that name a browser and somebody."""
    dated = {
        "contacts": (1, "created_at"),
        "web_events": (2, "event_at"),
        "web_sessions": (2, "started_at"),
        "leads": (4, "created_at"),
    }
    for table, (rank, moment) in dated.items():
        for row in reading.live(table):
            contact_id = contact_of(row, identity) if row["client_id"] else None
            if contact_id is not None and not row.get("is_spam"):
                yield Sighting(row["client_id"], contact_id, rank, row[moment])


def _order_sightings(orders: Iterable[Order], identity: Identity) -> Iterable[Sighting]:
    """Orders of a browser and somebody."""
    for order in orders:
        contact_id = contact_of(vars(order), identity)
        if order.client_id is not None and contact_id is not None:
            yield Sighting(order.client_id, contact_id, 3, order.placed_at)


def contact_of(row: dict, identity: Identity) -> str | None:
    """The contact that a row names, after merges, else the one that has its address.

    One that nobody delivered stays as it is written.
    """
    if row["contact_id"] is not None:
        known = identity.contact_row(row["contact_id"])
        return known["contact_id"] if known else row["contact_id"]
    contacts = identity.email_contacts.get(row.get("email") or "", [])
    speaker = min(contacts, key=lambda contact: _silence(contact, identity), default=None)
    return speaker and identity.contact_row(speaker["contact_id"])["contact_id"]


def _silence(contact: dict, identity: Identity) -> tuple:
    """Of several contacts with an address one with a company speaks for it, then the oldest."""
    survivor = identity.contact_row(contact["contact_id"])
    return (
        not (survivor["company_id"] or contact["company_id"]),
        contact["created_at"] or datetime.max,
        contact["contact_id"],
    )


def _weakness(sighting: Sighting) -> tuple:
    age = datetime.max - (sighting.seen_at or datetime.min)
    return (sighting.rank, age, sighting.contact_id)
