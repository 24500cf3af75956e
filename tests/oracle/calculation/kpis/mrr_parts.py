"""K22: recurring revenue, its movements and its retention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from oracle.calculation.calendar import Period, add_months
from oracle.calculation.mrr import ZERO, MemberOf, Movement, Revenue, rounded
from oracle.calculation.spells import ONE_DAY
from oracle.calculation.subscriptions import Contract

KINDS = (
    "mrr_new",
    "mrr_expansion",
    "mrr_contraction",
    "mrr_churned",
    "mrr_reactivated",
    "mrr_paused",
    "mrr_resumed",
    "mrr_fx",
    "mrr_transferred",
)
SUMS = ("mrr_at_start", *KINDS, "usage_last_three_months", "usage_monthly", "mrr", "mrr_list_price")
MRR_PARTS = (*SUMS, "mrr_committed", "accounts_active")

Parts = dict[tuple[Period, str, str], dict]
Usage = tuple[str, date, Decimal]  # subscription, day, charge in the reporting currency


def mrr_parts(
    revenue: Revenue,
    periods: Iterable[Period],
    dimension: str,
    member_of: MemberOf,
    moves: Iterable[Movement],
    usage: Iterable[Usage],
) -> Parts:
    """The parts of kpi_mrr by one dimension."""
    parts: Parts = defaultdict(lambda: dict.fromkeys(MRR_PARTS, ZERO))
    accounts: dict[tuple, set[str]] = defaultdict(set)
    moves, usage = list(moves), list(usage)
    for period in periods:
        last_day = min(period.last_day, revenue.as_of_date)
        for contract in revenue.contracts:
            begins = period.start - ONE_DAY
            before = revenue.amount(contract, begins)
            if before:
                member = member_of(contract, contract.state_on(begins), begins)
                parts[period, dimension, member]["mrr_at_start"] += before
            state = contract.state_on(last_day)
            if state is None or not state.is_running:
                continue
            cell = (period, dimension, member_of(contract, state, last_day))
            amount = revenue.amount(contract, last_day)
            if amount > 0:
                accounts[cell].add(state.account_id)
            if amount:
                parts[cell]["mrr"] += amount
                if not state.is_cancel_requested:
                    parts[cell]["mrr_committed"] += amount
            parts[cell]["mrr_list_price"] += revenue.list_amount(contract, last_day)
            for subscription_id, day, charge in usage:
                if subscription_id == contract.subscription_id and _counts(contract, day, last_day):
                    parts[cell]["usage_last_three_months"] += charge
                    parts[cell]["usage_monthly"] += rounded(Fraction(charge) / 3)
        for move in moves:
            if move.day in period:
                parts[period, dimension, move.member][move.kind] += move.amount
    for cell, ids in accounts.items():
        parts[cell]["accounts_active"] = len(ids)
    return dict(parts)


def _counts(contract: Contract, day: date, last_day: date) -> bool:
    """Whether usage lies in the three months up to the close, and in the service."""
    state = contract.state_on(day)
    is_in_service = state is not None and state.is_running
    return is_in_service and add_months(last_day + ONE_DAY, -3) <= day <= last_day


RETENTION_PARTS = (
    "mrr_at_start",
    "mrr_retained_net",
    "mrr_retained_gross",
    "mrr_reactivated_at_end",
    "mrr_new",
    "mrr_expansion",
    "mrr_contraction",
    "mrr_churned",
    "mrr_reactivated",
    "accounts_at_start",
    "accounts_lost",
)


def retention_parts(
    revenue: Revenue,
    periods: Iterable[Period],
    dimension: str,
    member_on: Callable[[str, str, date], str],
    moves: Iterable[Movement],
) -> Parts:
    """The parts of kpi_mrr_retention by one dimension of the account.

    Args:
        revenue: of all contracts.
        periods: those to tell of.
        dimension: one of the account.
        member_on: account, dimension, day -> member.
        moves: movements in total, so that each account has one kind a day.
    """
    first_paid = _first_paid(revenue)
    moves_of: dict[str, list[Movement]] = defaultdict(list)
    for move in moves:
        moves_of[move.account_id].append(move)
    parts: Parts = defaultdict(lambda: dict.fromkeys(RETENTION_PARTS, ZERO))
    for period in periods:
        begins, ends = period.start - ONE_DAY, min(period.last_day, revenue.as_of_date)
        at_start, at_end = revenue.account_amounts(begins), revenue.account_amounts(ends)
        paused_then, paused_now = revenue.paused_accounts(begins), revenue.paused_accounts(ends)
        for account_id in at_start.keys() | at_end.keys() | paused_then | moves_of.keys():
            own = [move for move in moves_of[account_id] if move.day in period]
            had_some = first_paid.get(account_id, date.max) <= begins
            counts = account_id in at_start or (account_id in paused_then and had_some)
            start, end = at_start.get(account_id, ZERO), at_end.get(account_id, ZERO)
            if not (counts or own or start or end):
                continue
            day = period.start if counts or not own else min(move.day for move in own)
            sums = parts[period, dimension, member_on(account_id, dimension, day)]
            sums["mrr_at_start"] += start
            if start:
                sums["mrr_retained_net"] += end
                sums["mrr_retained_gross"] += min(start, end)
            elif had_some:
                sums["mrr_reactivated_at_end"] += end
            if counts:
                sums["accounts_at_start"] += 1
                sums["accounts_lost"] += not end and account_id not in paused_now
            for move in own:
                if move.kind in RETENTION_PARTS:
                    sums[move.kind] += move.amount
    return dict(parts)


def _first_paid(revenue: Revenue) -> dict[str, date]:
    """The first day at whose close an account had recurring revenue."""
    first: dict[str, date] = {}
    for day in revenue.change_days():
        for account_id in revenue.account_amounts(day):
            first.setdefault(account_id, day)
    return first
