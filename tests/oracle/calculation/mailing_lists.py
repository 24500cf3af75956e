"""Who is on a mailing list, since when, and by which form (K08, K18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from oracle.calculation.channels import UNKNOWN

TypedRow = dict[str, object]
JOINING = ("subscribe", "import")
LEAVING = ("unsubscribe", "bounce")
# At one moment a sign-up comes before what undoes it.
STEPS = {"subscribe": 1, "import": 1, "confirm": 2, "unsubscribe": 3, "bounce": 3}


@dataclass
class Membership:
    """One stay of an address on a list: from its sign-up or import until it leaves."""

    email: str
    list_name: str
    form_name: str
    visitor_id: str | None  # of the sign-up, else of the address's contact
    joined_on: date
    is_offline: bool  # an import, or a sign-up without a browser
    is_confirmed: bool = False
    left_on: date | None = None
    left_by: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the address is on the list at the close of the day."""
        return self.joined_on <= day and (self.left_on is None or self.left_on > day)


@dataclass(frozen=True)
class ListEvent:
    """A sign-up, confirmation, leave or bounce that changed something."""

    kind: str  # joined, confirmed, unsubscribe, bounce
    event_date: date
    visitor_id: str | None
    membership: Membership


def _order(row: TypedRow) -> tuple:
    return row["event_at"], STEPS[row["event_type"]], row["subscription_event_id"]


def list_of(row: TypedRow) -> str:
    """A list, with its source: two systems may both have one called main."""
    source = row["source_name"]
    return row["list_name"] if source == "default" else f"{source}:{row['list_name']}"


def memberships(
    rows: Iterable[TypedRow],
    date_of: Callable[[datetime], date],
    visitor_of_browser: Callable[[str], str],
    visitor_of_address: Callable[[str], str | None],
) -> tuple[list[Membership], list[ListEvent]]:
    """All stays on lists, and what happened to them, by address and list in order of time."""
    by_address: dict[tuple[str, str], list[TypedRow]] = defaultdict(list)
    for row in rows:
        by_address[row["email"], list_of(row)].append(row)
    stays: list[Membership] = []
    events: list[ListEvent] = []
    for (email, list_name), own in by_address.items():
        stay: Membership | None = None
        contact_visitor = visitor_of_address(email)
        for row in sorted(own, key=_order):
            day = date_of(row["event_at"])
            browser = visitor_of_browser(row["client_id"]) if row["client_id"] else None
            if row["event_type"] in JOINING and stay is None:
                is_offline = row["event_type"] == "import" or browser is None
                stay = Membership(
                    email=email,
                    list_name=list_name,
                    form_name=row["form_name"] or UNKNOWN,
                    visitor_id=(None if is_offline else browser) or contact_visitor,
                    joined_on=day,
                    is_offline=is_offline,
                )
                stays.append(stay)
                events.append(ListEvent("joined", day, None if is_offline else browser, stay))
            elif row["event_type"] == "confirm" and stay is not None and not stay.is_confirmed:
                stay.is_confirmed = True
                events.append(ListEvent("confirmed", day, browser or stay.visitor_id, stay))
            elif row["event_type"] in LEAVING and stay is not None:
                kind = row["event_type"]
                events.append(ListEvent(kind, day, browser or stay.visitor_id, stay))
                stay.left_on, stay.left_by = day, kind
                stay = None
    return stays, events
