"""When accounts asked first and were first dealt with: the moments that give touches a role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from oracle.calculation.facts import Lead
from oracle.calculation.lead_merges import beginnings, survivors_of
from oracle.calculation.leads import known_records
from oracle.calculation.reading import Row

if TYPE_CHECKING:
    from oracle.calculation.world import World

Moments = dict[str, list[datetime]]


def lead_moments(leads: Iterable[Lead], account_of: Callable[[Lead], str]) -> Moments:
    """When the leads of each account were created."""
    found: Moments = defaultdict(list)
    for lead in leads:
        if lead.counts:
            found[account_of(lead)].append(lead.created_at)
    return found


def deal_moments(world: World, account_of: Callable[[Lead], str]) -> Moments:
    """When the deals of each account were created; a deal before its own lead is rejected."""
    records = known_records(world.reading)
    begun, ends = beginnings(records), survivors_of(records)
    leads = {lead.lead_id: lead for lead in world.leads}
    found: Moments = defaultdict(list)
    for row in world.reading.live("opportunities"):
        if row["created_at"] < begun.get(row["lead_id"], row["created_at"]):
            continue
        if _lacks_rate(row, world):
            continue
        account_id = world.identity.account_of(row["company_id"], row["contact_id"], None)
        lead = leads.get(ends.get(row["lead_id"]))
        order = world.sales.orders.get(row["order_id"])
        if account_id is None and lead is not None:
            account_id = account_of(lead)
        if account_id is None and order is not None:
            account_id = order.account_id
        if account_id is not None:
            found[account_id].append(row["created_at"])
    return found


def _lacks_rate(row: Row, world: World) -> bool:
    """Whether a closed deal was rejected because its amount has no rate."""
    if row["amount"] is None or row["closed_at"] is None or row["opportunity_status"] == "open":
        return False
    day = world.reading.business_date(row["closed_at"])
    return world.rates.convert(row["amount"], row["currency_code"], day) is None


def latest(moments: list[datetime], until: datetime) -> datetime | None:
    """The last of these moments by then."""
    return max((moment for moment in moments if moment <= until), default=None)
