"""K08: how many visitors subscribe to a mailing list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.kpis.by_session import WEB, group
from oracle.calculation.mailing_lists import ListEvent, Membership
from oracle.calculation.statuses import TOTAL, Parts, Spot, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = ("marketing_channel", "device_type")
BROWSER = "email_subscriptions.client_id"


def _share(name: str, part: str, over: str = "visitors", interval: str | None = "wilson"):
    return Variant(name, part, over, n=over, interval=interval, needs=(WEB, BROWSER))


VARIANTS = (
    _share("email_opt_in_rate", "visitors_opted_in"),
    _share(
        "email_opt_in_rate_eligible",
        "visitors_opted_in_eligible",
        "visitors_not_subscribed_before",
    ),
    _share("email_opt_in_rate_confirmed", "visitors_confirmed"),
    _share("email_opt_in_rate_net", "visitors_opted_in_net", interval=None),
    _share("email_subscribed_share", "visitors_subscribed"),
    Variant(
        "email_unsubscribe_rate",
        "list_unsubscribed",
        "list_size_at_start",
        n="list_size_at_start",
        needs=("email_subscriptions",),
    ),
)

PART_NEEDS = {
    "visitors": (WEB,),
    **dict.fromkeys(
        (
            "visitors_opted_in",
            "visitors_opted_in_eligible",
            "visitors_not_subscribed_before",
            "visitors_confirmed",
            "visitors_opted_in_net",
            "visitors_subscribed",
        ),
        (WEB, BROWSER),
    ),
    "list_unsubscribed": ("email_subscriptions",),
    "list_size_at_start": ("email_subscriptions",),
}


@dataclass
class Acts:
    """What visitors did with lists in one period, by form."""

    before: set[str] = field(default_factory=set)
    joined: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    confirmed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsubscribe: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def who(self, kind: str) -> set[str]:
        """Everybody who did it, by any form."""
        return set().union(*getattr(self, kind).values())

    def forms(self) -> set[str]:
        """Forms by which anything was done."""
        return {*self.joined, *self.confirmed, *self.unsubscribe}


def email_opt_in(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of `kpi_email_opt_in`."""
    web, calendar = world.web, world.calendar
    rows = group(calendar, FROM_WEEK, web.sessions, lambda row: row.session_date, DIMENSIONS)
    visitors = {spot: {row.visitor_id for row in sessions} for spot, sessions in rows.items()}
    acts_of: dict[Period, Acts] = {}
    table: dict[Spot, Parts] = defaultdict(dict)
    for period in (one for grain in FROM_WEEK for one in calendar.periods[grain]):
        acts = _acts(period, web.list_events, web.memberships)
        here = visitors.get((period, *TOTAL), set())
        for form in acts.forms():
            table[(period, "form_name", form)].update(_by_form(acts, form, here))
        for form, parts in _lists(period, web.list_events, web.memberships).items():
            spot = TOTAL if form is None else ("form_name", form)
            table[(period, *spot)].update(parts)
        acts_of[period] = acts
    for spot, own in visitors.items():
        table[spot].update(_by_visit(acts_of[spot[0]], own))
    table = _with_unknown(table)
    return world.maker.make_cells("email_opt_in", VARIANTS, table, FROM_WEEK, PART_NEEDS)


def _acts(period: Period, events: list[ListEvent], stays: list[Membership]) -> Acts:
    acts = Acts()
    eve = period.start - timedelta(days=1)
    acts.before = {stay.visitor_id for stay in stays if stay.visitor_id and stay.holds_on(eve)}
    for event in events:
        if event.event_date in period and event.visitor_id and event.kind != "bounce":
            getattr(acts, event.kind)[event.membership.form_name].add(event.visitor_id)
    return acts


def _by_visit(acts: Acts, here: set[str]) -> Parts:
    joined = acts.who("joined") & here
    before = acts.before & here
    unsubscribed = acts.who("unsubscribe") & here
    return {
        "visitors": len(here),
        "visitors_opted_in": len(joined),
        "visitors_opted_in_eligible": len(joined - before),
        "visitors_not_subscribed_before": len(here - before),
        "visitors_confirmed": len(acts.who("confirmed") & here),
        "visitors_opted_in_net": len(joined) - len(unsubscribed),
        "visitors_subscribed": len(joined | before),
    }


def _by_form(acts: Acts, form: str, here: set[str]) -> Parts:
    joined = acts.joined[form] & here
    return {
        "visitors_opted_in": len(joined),
        "visitors_confirmed": len(acts.confirmed[form] & here),
    }


def _lists(
    period: Period, events: list[ListEvent], stays: list[Membership]
) -> dict[str | None, Parts]:
    """Size of the lists before the period and who left in it, in all (None) and by form."""
    eve = period.start - timedelta(days=1)
    found: dict[str | None, Parts] = defaultdict(
        lambda: {"list_size_at_start": 0, "list_unsubscribed": 0}
    )
    for stay in stays:
        if stay.holds_on(eve):
            for form in (None, stay.form_name):
                found[form]["list_size_at_start"] += 1
    for event in events:
        if event.kind == "unsubscribe" and event.event_date in period:
            for form in (None, event.membership.form_name):
                found[form]["list_unsubscribed"] += 1
    return found


def _with_unknown(table: dict[Spot, Parts]) -> dict[Spot, Parts]:
    """A form has no visitors who did not use it, and a channel has no list."""
    unknown = {
        "form_name": (
            "visitors",
            "visitors_opted_in_eligible",
            "visitors_not_subscribed_before",
            "visitors_subscribed",
        ),
        **dict.fromkeys(DIMENSIONS, ("list_size_at_start", "list_unsubscribed")),
    }
    return {
        spot: {**parts, **dict.fromkeys(unknown.get(spot[1], ()))} for spot, parts in table.items()
    }
