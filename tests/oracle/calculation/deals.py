"""Deals that were won or lost, and whose they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.identity import NO_ACCOUNT, UNKNOWN
from oracle.calculation.lead_merges import beginnings, survivors_of
from oracle.calculation.leads import known_records
from oracle.calculation.money import ONE, ZERO, allocate
from oracle.calculation.reading import Row

if TYPE_CHECKING:
    from oracle.calculation.world import World

TOLERANCE = Decimal("0.001")


@dataclass(frozen=True)
class Share:
    """What one sales rep has of a deal."""

    sales_rep: str
    count: Decimal
    amount: Decimal


@dataclass(frozen=True)
class ClosedDeal:
    """A deal that counts and is won or lost, in the reporting currency."""

    deal_id: str
    account_id: str | None
    closed_date: date
    is_won: bool
    amount: Decimal
    size_band: str
    shares: list[Share]


@dataclass
class Deals:
    """Closed deals, and the dates of those that lack a rate."""

    deals: list[ClosedDeal]
    fx_missing: list[date]


def closed_deals(world: World) -> Deals:
    """All deals that are closed as known at the clock."""
    splits: dict[str, list[Row]] = defaultdict(list)
    for row in world.reading.live("opportunity_splits"):
        splits[row["opportunity_id"]].append(row)
    records = known_records(world.reading)
    begun, ends = beginnings(records), survivors_of(records)
    # A lead that says nothing about its account is one of its own.
    leads = {lead.lead_id: lead.account_id or f"lead:{lead.lead_id}" for lead in world.leads}
    found = Deals([], [])
    for row in world.reading.live("opportunities"):
        if row["closed_at"] is None or row["opportunity_status"] == "open":
            continue
        if row["created_at"] < begun.get(row["lead_id"], row["created_at"]):
            continue  # event_before_lead
        account_id = world.identity.account_of(row["company_id"], row["contact_id"], None)
        order = world.sales.orders.get(row["order_id"] or "")
        account_id = account_id or leads.get(ends.get(row["lead_id"]))
        account_id = account_id or (order.account_id if order else None)
        day = world.reading.business_date(row["closed_at"])
        amount = ZERO
        if row["amount"] is not None:
            amount = world.rates.convert(row["amount"], row["currency_code"], day)
            if amount is None:
                found.fx_missing.append(day)
                continue
        if world.identity.is_internal(account_id):
            continue
        found.deals.append(
            ClosedDeal(
                deal_id=row["opportunity_id"],
                account_id=account_id,
                closed_date=day,
                is_won=row["opportunity_status"] == "won",
                amount=amount,
                size_band=_size_band(world, account_id, day),
                shares=_shares(world, row, splits[row["opportunity_id"]], amount),
            )
        )
    return found


def _size_band(world: World, account_id: str | None, day: date) -> str:
    if account_id is None:
        return NO_ACCOUNT
    return world.identity.members(account_id, day)["account_size_band"]


def _shares(world: World, row: Row, splits: list[Row], amount: Decimal) -> list[Share]:
    """Each rep's part of a deal; its owner's whole, if it is not split or wrongly."""
    total = sum((split["share"] for split in splits), ZERO)
    if not splits or abs(total - ONE) > TOLERANCE:
        return [Share(row["sales_rep_id"] or UNKNOWN, ONE, amount)]
    shares = {split["sales_rep_id"]: split["share"] for split in splits}
    largest = min(shares, key=lambda rep: (-shares[rep], rep))
    shares[largest] += ONE - total
    digits = world.sales.minor_digits(str(world.parameters["reporting_currency"]))
    amounts = allocate(amount, list(shares.items()), digits)
    return [Share(rep, share, amounts[rep]) for rep, share in shares.items()]


class Teams:
    """The team of a sales rep on a day."""

    def __init__(self, world: World) -> None:
        self.reading = world.reading
        self.versions: dict[str, list[Row]] = defaultdict(list)
        for row in self.reading.live("sales_reps"):
            self.versions[row["sales_rep_id"]].append(row)
        for rows in self.versions.values():
            rows.sort(key=lambda row: (row["valid_from"] is not None, row["valid_from"] or 0))

    def team(self, sales_rep: str, day: date) -> str:
        """The team by the version of that day; by the first one before it began."""
        rows = self.versions.get(sales_rep, [])
        begun = [
            row
            for row in rows
            if row["valid_from"] is None or self.reading.business_date(row["valid_from"]) <= day
        ]
        row = begun[-1] if begun else next(iter(rows), None)
        return (row and row["team"]) or UNKNOWN
