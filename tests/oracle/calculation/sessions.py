"""The visits that count, with who made them, and what was ordered in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from oracle.calculation.channels import UNKNOWN
from oracle.calculation.facts import CookielessHit, Order, Session
from oracle.calculation.identity import NO_ACCOUNT
from oracle.calculation.order_visits import OrderVisit
from oracle.calculation.visitors import Visitors
from oracle.calculation.web import Bots, TypedRow, Visit, steps, visit_members

if TYPE_CHECKING:
    from oracle.calculation.orders import Sales


def sessions(
    visits: Iterable[Visit],
    visitors: Visitors,
    sales: Sales,
    orders: Iterable[tuple[Order, OrderVisit]],
    date_of: Callable[[datetime], date],
) -> list[Session]:
    """Sessions in order of time, with their steps and whether anybody was there before."""
    orders_of: dict[str, list[Order]] = defaultdict(list)
    for order, found in orders:
        if order.is_valid and found.visit is not None:
            orders_of[found.visit.session_id].append(order)
    rows = []
    for visit in sorted(visits, key=lambda visit: (visit.started_at, visit.session_id)):
        account_id = visitors.account(visit.client_id)
        if visitors.is_internal(visit.client_id):
            continue
        day = date_of(visit.started_at)
        own_orders = orders_of[visit.session_id]
        members = visit_members(visit)
        members["customer_type"] = sales.customer_type(account_id, day)
        members["account"] = account_id or NO_ACCOUNT
        rows.append(
            Session(
                session_id=visit.session_id,
                source_name=visit.source_name,
                client_id=visit.client_id,
                visitor_id=visitors.visitor(visit.client_id),
                account_id=account_id,
                started_at=visit.started_at,
                session_date=day,
                pageviews=visit.pageviews,
                bytes_sent=visit.bytes_sent,
                parts_by_campaign=visit.parts_by_campaign,
                has_form=visit.has_form,
                orders=own_orders,
                steps=steps(visit, [order.placed_at for order in own_orders]),
                members=members,
            )
        )
    _mark_repeats(rows)
    return rows


def _mark_repeats(rows: list[Session]) -> None:
    """A repeat visit is one whose visitor, or account, was there before, ever."""
    visitors_seen: set[str] = set()
    accounts_seen: set[str] = set()
    for row in rows:
        row.is_repeat = row.visitor_id in visitors_seen
        row.is_repeat_of_account = row.is_repeat or row.account_id in accounts_seen
        visitors_seen.add(row.visitor_id)
        if row.account_id is not None:
            accounts_seen.add(row.account_id)


def cookieless_hits(
    web_events: Iterable[TypedRow],
    web_sessions: Iterable[TypedRow],
    bots: Bots,
    date_of: Callable[[datetime], date],
) -> list[CookielessHit]:
    """Hits and delivered visits of nobody, by their own time, device and country."""
    found = [
        _hit(row, row["event_at"], int(row["event_name"] == "page_view"), date_of)
        for row in web_events
        if row["client_id"] is None and not bots.sent(row)
    ]
    found += [
        _hit(row, row["started_at"], row["pageviews"], date_of)
        for row in web_sessions
        if row["client_id"] is None and not row["is_bot"]
    ]
    return found


def _hit(
    row: TypedRow, moment: datetime, pageviews: int, date_of: Callable[[datetime], date]
) -> CookielessHit:
    unknown = ("marketing_channel", "source", "medium", "campaign", "landing_page")
    return CookielessHit(
        hit_date=date_of(moment),
        pageviews=pageviews,
        bytes_sent=row["bytes_sent"],
        members={
            **dict.fromkeys(unknown, UNKNOWN),
            "device_type": row["device_type"] or UNKNOWN,
            "country": row["country_code"] or UNKNOWN,
            "customer_type": NO_ACCOUNT,
            "account": NO_ACCOUNT,
        },
    )
