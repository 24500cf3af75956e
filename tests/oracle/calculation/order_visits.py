"""Which visit, and which visitor, an order belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from oracle.calculation.facts import Order
from oracle.calculation.identity import Identity
from oracle.calculation.visitors import Visitors, contact_of, person
from oracle.calculation.web import TypedRow, Visit


@dataclass(frozen=True)
class OrderVisit:
    """What an order has to do with the web: nothing, a visitor, or a visit of one."""

    visitor_id: str | None
    visit: Visit | None


class OrderVisits:
    """Finds the visit of an order: the one whose hit names it, the one it names, or the latest."""

    def __init__(
        self,
        visits: Iterable[Visit],
        order_hits: Iterable[TypedRow],
        visitors: Visitors,
        identity: Identity,
        date_of: Callable[[datetime], date],
        timeout_seconds: int,
    ) -> None:
        self.visitors = visitors
        self.identity = identity
        self.date_of = date_of
        self.timeout = timedelta(seconds=timeout_seconds)
        self.by_order: dict[str, Visit] = {}
        self.by_session: dict[str, list[Visit]] = defaultdict(list)
        self.by_visitor: dict[str, list[Visit]] = defaultdict(list)
        for visit in sorted(visits, key=lambda visit: (visit.started_at, visit.session_id)):
            self.by_visitor[visitors.visitor(visit.client_id)].append(visit)
            if visit.is_delivered:
                self.by_session[visit.session_id].append(visit)
            for hit in visit.hits:
                if hit["order_id"] is not None:
                    self.by_order.setdefault(hit["order_id"], visit)
                if (
                    hit["session_id"] is not None
                    and visit not in self.by_session[hit["session_id"]]
                ):
                    self.by_session[hit["session_id"]].append(visit)
        for hit in order_hits:  # of sources that deliver their visits
            for visit in self.by_session.get(hit["session_id"], []):
                self.by_order.setdefault(hit["order_id"], visit)

    def of(self, order: Order) -> OrderVisit:
        """The visit of an order, and its visitor also where no visit is found."""
        named = self.by_order.get(order.order_id) or self._named(order)
        if named is not None:
            return OrderVisit(self.visitors.visitor(named.client_id), named)
        visitor_id = self._visitor(order)
        return OrderVisit(visitor_id, self._latest(visitor_id, order.placed_at))

    def _named(self, order: Order) -> Visit | None:
        """The visit that the order names; of several that one session was cut into, the last."""
        named = self.by_session.get(order.session_id or "", [])
        begun = [visit for visit in named if visit.started_at <= order.placed_at]
        return next(iter(begun[-1:] or named), None)

    def _visitor(self, order: Order) -> str | None:
        """The browser of the order, else the contact, if a browser was ever stitched to them."""
        if order.client_id is not None:
            return self.visitors.visitor(order.client_id)
        contact_id = contact_of(vars(order), self.identity)
        if contact_id is not None and person(contact_id) in self.by_visitor:
            return person(contact_id)
        return None

    def _latest(self, visitor_id: str | None, placed_at: datetime) -> Visit | None:
        """The latest visit begun by then, if it still runs or began on the same business day."""
        begun = [v for v in self.by_visitor.get(visitor_id, []) if v.started_at <= placed_at]
        if not begun:
            return None
        latest = begun[-1]
        is_running = placed_at <= latest.ended_at + self.timeout
        is_same_day = self.date_of(latest.started_at) == self.date_of(placed_at)
        return latest if is_running or is_same_day else None
