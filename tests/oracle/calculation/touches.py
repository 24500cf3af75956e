"""Touches: visits, and what reached people elsewhere, by the accounts whose paths they are on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from oracle.calculation.channels import UNASSIGNED, UNKNOWN, Campaigns, Channels
from oracle.calculation.facts import Lead, Session, Touch
from oracle.calculation.identity import Identity
from oracle.calculation.reading import Reading, Row
from oracle.calculation.visitors import Visitors, contact_of, person


def session_touches(
    sessions: Iterable[Session], acted_for: dict[str, set[str]], channels: Channels
) -> Iterable[Touch]:
    """A touch for the account of a visit, or of nobody, and each that its visitor acted for."""
    for session in sessions:
        channel = session.members["marketing_channel"]
        for account_id in {session.account_id} | acted_for.get(session.visitor_id, set()):
            yield Touch(
                touch_id=session.session_id,
                account_id=account_id,
                person_id=session.visitor_id,
                touched_at=session.started_at,
                channel=channel,
                campaign=session.members["campaign"],
                is_marketing=channels.is_marketing(channel),
            )


@dataclass(frozen=True)
class OfflineTouches:
    """Rows of `touches`: whom they reached, and through which channel.

    leads: leads after merges, by the id of each of their records.
    """

    reading: Reading
    identity: Identity
    visitors: Visitors
    channels: Channels
    campaigns: Campaigns
    leads: dict[str, Lead]
    lead_account: Callable[[Lead], str]
    acted_for: dict[str, set[str]]

    def all(self) -> Iterable[Touch]:
        """A touch for each account that a row reached, or of nobody."""
        for row in self.reading.live("touches"):
            channel = self._channel(row)
            person_id = self._person(row)
            for account_id in self._accounts(row):
                yield Touch(
                    touch_id=f"touch:{row['touch_id']}",
                    account_id=account_id,
                    person_id=person_id,
                    touched_at=row["touched_at"],
                    channel=channel,
                    campaign=row["campaign"] or UNKNOWN,
                    is_marketing=self.channels.is_marketing(channel),
                )

    def _channel(self, row: Row) -> str:
        """The channel of the row, else of its campaign; as of a visit that no rule knows, else."""
        own = self.channels.named(row["marketing_channel"])
        return own or self.campaigns.channel(row["campaign"]) or UNASSIGNED

    def _accounts(self, row: Row) -> set[str | None]:
        """The company, else the contact's, else the lead's, and all that the browser acted for."""
        lead = self.leads.get(row["lead_id"])
        client_id = row["client_id"] or (lead.client_id if lead is not None else None)
        acted_for = self.acted_for.get(self.visitors.visitor(client_id or ""), set())
        found = self.identity.account_of(row["company_id"], row["contact_id"], None)
        if found is None and lead is not None:
            found = self.lead_account(lead)
        if found is None and client_id is not None:
            found = self.visitors.account(client_id)
        return {found} | acted_for

    def _person(self, row: Row) -> str | None:
        """The contact, else the browser, else the lead's contact or browser."""
        contact_id = contact_of({"contact_id": row["contact_id"]}, self.identity)
        if contact_id is not None:
            return person(contact_id)
        lead = self.leads.get(row["lead_id"])
        client_id = row["client_id"]
        if lead is not None:
            if lead.contact_id is not None:
                return person(lead.contact_id)
            client_id = client_id or lead.client_id
        return self.visitors.visitor(client_id) if client_id else None
