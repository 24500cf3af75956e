"""Touches: visits, and what reached people elsewhere, by the accounts whose paths they are on."""

from __future__ import annotations

from collections.abc import Iterable

from oracle.calculation.channels import UNKNOWN, Campaigns, Channels
from oracle.calculation.facts import Session, Touch
from oracle.calculation.identity import Identity
from oracle.calculation.reading import Reading, Row
from oracle.calculation.visitors import Visitors, lead_account, person


def session_touches(
    sessions: Iterable[Session], visitors: Visitors, channels: Channels
) -> Iterable[Touch]:
    """A touch for the account of a visit, or of nobody, and each that its browser acted for."""
    for session in sessions:
        channel = session.members["marketing_channel"]
        for account_id in visitors.accounts(session.client_id):
            yield Touch(
                touch_id=session.session_id,
                account_id=account_id,
                person_id=session.visitor_id,
                touched_at=session.started_at,
                channel=channel,
                campaign=session.members["campaign"],
                is_marketing=channels.is_marketing(channel),
            )


class OfflineTouches:
    """Rows of `touches`: whom they reached, and through which channel."""

    def __init__(
        self,
        reading: Reading,
        identity: Identity,
        visitors: Visitors,
        channels: Channels,
        campaigns: Campaigns,
    ) -> None:
        self.reading = reading
        self.identity = identity
        self.visitors = visitors
        self.channels = channels
        self.campaigns = campaigns
        self.leads = {row["lead_id"]: row for row in reading.all("leads")}

    def all(self) -> Iterable[Touch]:
        """A touch for each account that a row reached, else one of nobody."""
        for row in self.reading.live("touches"):
            channel = self._channel(row)
            for account_id in self._accounts(row):
                if self.identity.is_internal(account_id):
                    continue
                yield Touch(
                    touch_id=f"touch:{row['touch_id']}",
                    account_id=account_id,
                    person_id=self._person(row),
                    touched_at=row["touched_at"],
                    channel=channel,
                    campaign=row["campaign"] or UNKNOWN,
                    is_marketing=self.channels.is_marketing(channel),
                )

    def _channel(self, row: Row) -> str:
        """The channel of the row, else of its campaign."""
        own = self.channels.named(row["marketing_channel"])
        return own or self.campaigns.channel(row["campaign"]) or UNKNOWN

    def _accounts(self, row: Row) -> set[str | None]:
        """The company, else the contact's, else the lead's, else those of the browser."""
        found = self.identity.account_of(row["company_id"], row["contact_id"], None)
        if found is None and row["lead_id"] in self.leads:
            found = lead_account(self.leads[row["lead_id"]], self.identity)
        if found is not None:
            return {found}
        return self.visitors.accounts(row["client_id"]) if row["client_id"] else {None}

    def _person(self, row: Row) -> str | None:
        """The contact, else the lead's, else the browser, else the lead's browser."""
        lead = self.leads.get(row["lead_id"], {})
        contact_id = row["contact_id"] or lead.get("contact_id")
        if contact_id is not None:
            return person(self.identity.contact(contact_id))
        client_id = row["client_id"] or lead.get("client_id")
        return self.visitors.visitor(client_id) if client_id else None
