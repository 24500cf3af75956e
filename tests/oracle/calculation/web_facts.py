"""Everything about visits, touches and credits of one business, each thing found out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from oracle.calculation.attribution import Beginning, Conversion, Touches, beginning, credit
from oracle.calculation.channels import Referrers
from oracle.calculation.facts import CookielessHit, Credit, Lead, Order, Session, Touch
from oracle.calculation.mailing_lists import ListEvent, Membership, memberships
from oracle.calculation.order_visits import OrderVisit, OrderVisits
from oracle.calculation.role_moments import deal_moments, latest, lead_moments
from oracle.calculation.sessions import cookieless_hits, sessions
from oracle.calculation.touches import OfflineTouches, session_touches
from oracle.calculation.visitors import TELLS_NOTHING, Visitors, visitors
from oracle.calculation.web import Bots, Sessioniser, Visit

if TYPE_CHECKING:
    from oracle.calculation.world import World


class WebFacts:
    """Visits, visitors, touches and credits."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reading = world.reading
        self.channels = world.channels
        configuration = world.configuration
        self.bots = Bots(configuration["bot_user_agents"])
        self.timeout_seconds = world.number("session_timeout_seconds")
        self.sessioniser = Sessioniser(
            self.channels,
            Referrers(configuration["referral_exclusions"]),
            self.bots,
            self.timeout_seconds,
        )

    # Visits

    @cached_property
    def delivering_sources(self) -> set[str]:
        """Sources that deliver visits, whose hits are not cut into visits again."""
        return {row["source_name"] for row in self.reading.live("web_sessions")}

    @cached_property
    def _hits(self) -> list[dict]:
        """Hits of sources that do not deliver their visits."""
        return [
            row
            for row in self.reading.live("web_events")
            if row["source_name"] not in self.delivering_sources
        ]

    @cached_property
    def visits(self) -> list[Visit]:
        """Visits of somebody that are no bot's."""
        delivered = map(self.sessioniser.delivered, self.reading.live("web_sessions"))
        return [
            *self.sessioniser.visits(self._hits),
            *(visit for visit in delivered if visit.client_id is not None and not visit.is_bot),
        ]

    @cached_property
    def first_day(self) -> date | None:
        """The day on which the history of visits begins, be it with a hit of nobody or a bot."""
        moments = [row["event_at"] for row in self.reading.live("web_events")]
        moments += [row["started_at"] for row in self.reading.live("web_sessions")]
        return self.reading.business_date(min(moments)) if moments else None

    @cached_property
    def cookieless(self) -> list[CookielessHit]:
        """Hits and delivered visits of nobody."""
        return cookieless_hits(
            self._hits,
            self.reading.live("web_sessions"),
            self.bots,
            self.reading.business_date,
        )

    @cached_property
    def _orders(self) -> list[Order]:
        """Orders that tell who used a browser."""
        orders = self.world.sales.orders.values()
        return [order for order in orders if order.exclusion_reason not in TELLS_NOTHING]

    @cached_property
    def visitors(self) -> Visitors:
        """Browsers and whom they are stitched to."""
        return visitors(self.reading, self.world.identity, self._orders)

    @cached_property
    def order_visits(self) -> dict[str, OrderVisit]:
        """The visit and the visitor of each order."""
        order_hits = [
            row
            for row in self.reading.live("web_events")
            if row["order_id"] is not None and row["source_name"] in self.delivering_sources
        ]
        finder = OrderVisits(
            self.visits,
            order_hits,
            self.visitors,
            self.world.identity,
            self.reading.business_date,
            self.timeout_seconds,
        )
        return {order.order_id: finder.of(order) for order in self._orders}

    @cached_property
    def sessions(self) -> list[Session]:
        """Visits that count, in order of time."""
        return sessions(
            self.visits,
            self.visitors,
            self.world.sales,
            ((order, self.order_visits[order.order_id]) for order in self._orders),
            self.reading.business_date,
        )

    # Touches

    def lead_account(self, lead: Lead) -> str:
        """The account of a lead, else of its browser; without any the lead stands for itself."""
        own = self.visitors.account(lead.client_id) if lead.client_id else None
        return lead.account_id or own or f"lead:{lead.lead_id}"

    @cached_property
    def acted_for(self) -> dict[str, set[str]]:
        """The accounts that each visitor ordered for, or asked for in a lead."""
        found: dict[str, set[str]] = defaultdict(set)
        for order in self._orders:
            visitor_id = self.order_visits[order.order_id].visitor_id
            if visitor_id is not None:
                found[visitor_id].add(order.account_id)
        for lead in self.world.leads:
            if lead.client_id is not None and lead.exclusion_reason not in TELLS_NOTHING:
                found[self.visitors.visitor(lead.client_id)].add(self.lead_account(lead))
        return found

    @cached_property
    def all_touches(self) -> list[Touch]:
        """Touches of accounts and of nobody known."""
        offline = OfflineTouches(
            self.reading,
            self.world.identity,
            self.visitors,
            self.channels,
            self.world.campaigns,
            {record.lead_id: lead for lead in self.world.leads for record in lead.records},
            self.lead_account,
            self.acted_for,
        )
        return [
            touch
            for touch in (
                *session_touches(self.sessions, self.acted_for, self.channels),
                *offline.all(),
            )
            if not self.world.identity.is_internal(touch.account_id)
        ]

    @cached_property
    def touches(self) -> Touches:
        """Touches by account."""
        return Touches(self.all_touches)

    # Credits

    @cached_property
    def conversions(self) -> list[Conversion]:
        """Placed sales and leads."""
        return [*self._order_conversions(), *self._lead_conversions()]

    def _order_conversions(self) -> Iterable[Conversion]:
        leads = lead_moments(self.world.leads, self.lead_account)
        deals = deal_moments(self.world, self.lead_account)
        for order in self._orders:
            if order.is_sale:
                placed_at = order.placed_at
                yield Conversion(
                    "order",
                    order.order_id,
                    order.account_id,
                    placed_at,
                    latest(leads[order.account_id], placed_at),
                    latest(deals[order.account_id], placed_at),
                )

    def _lead_conversions(self) -> Iterable[Conversion]:
        for lead in self.world.leads:
            if lead.counts:
                account_id = self.lead_account(lead)
                created_at = lead.created_at
                yield Conversion("lead", lead.lead_id, account_id, created_at, created_at, None)

    @cached_property
    def credits(self) -> dict[tuple[str, str], dict[str, list[Credit]]]:
        """Credits by conversion (kind and id) and model."""
        found: dict = defaultdict(lambda: defaultdict(list))
        lookback_days = self.world.number("attribution_lookback_days")
        for one in credit(self.conversions, self.touches, lookback_days, self.reading):
            found[one.conversion_kind, one.conversion_id][one.model].append(one)
        return found

    def credits_of_order(self, order_id: str, model: str | None = None) -> list[Credit]:
        """Credits of an order, by the default model if none is named."""
        model = model or str(self.world.parameters["attribution_model"])
        return self.credits["order", order_id][model]

    def beginning(self, account_id: str) -> Beginning:
        """How an account came, as of its first valid order, or of today without one."""
        if account_id not in self._beginnings:
            first = self.world.sales.first_order.get(account_id)
            until = first.placed_at if first else self.reading.as_of
            account = self.world.identity.account(account_id)
            account.original_source = self._original_source(account_id)
            self._beginnings[account_id] = beginning(account, until, self.touches, self.channels)
        return self._beginnings[account_id]

    def _original_source(self, account_id: str) -> str | None:
        """What the CRM says of a company, else of those that went up in it, by id."""
        identity = self.world.identity
        merged = sorted(
            company_id
            for company_id in identity.versions
            if company_id != account_id and identity.company(company_id) == account_id
        )
        told = (
            row["original_source"]
            for company_id in (account_id, *merged)
            for row in reversed(identity.versions.get(company_id, []))
        )
        return next((source for source in told if source is not None), None)

    @cached_property
    def _beginnings(self) -> dict[str, Beginning]:
        return {}

    def acquisition_channel(self, account_id: str | None) -> str:
        """The channel by which an account came (A6)."""
        return self.beginning(account_id).channel

    # Mailing lists

    @cached_property
    def _mail(self) -> tuple[list[Membership], list[ListEvent]]:
        identity = self.world.identity
        role_names = {row["local_part"] for row in self.world.configuration["role_addresses"]}
        rows = [
            row
            for row in self.reading.live("email_subscriptions")
            if not identity.is_internal(identity.account_of_email(row["email"]), [row["email"]])
        ]
        return memberships(
            rows,
            self.reading.business_date,
            self.visitors.visitor,
            lambda email: self.visitors.visitor_of_address(email, role_names),
        )

    @property
    def memberships(self) -> list[Membership]:
        """Stays of addresses on lists."""
        return self._mail[0]

    @property
    def list_events(self) -> list[ListEvent]:
        """What happened to these stays."""
        return self._mail[1]
