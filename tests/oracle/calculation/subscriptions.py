"""Contracts: what holds on which day, and when they end (2.8, K18, K22)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from oracle.calculation.customers import CANCELLED, NON_PAYMENT, TRANSFERRED, Ending
from oracle.calculation.spells import Span, merged

TERMS = ("quantity", "unit_price", "discount_amount", "product_id", "plan_name")


@dataclass(frozen=True)
class State:
    """A contract on one day."""

    account_id: str
    quantity: Decimal
    unit_price: Decimal
    discount_amount: Decimal
    billing_interval: str
    interval_count: int
    product_id: str | None
    plan_name: str | None
    is_running: bool  # in service: trial and pauses included
    is_paused: bool
    is_trial: bool
    is_cancel_requested: bool
    is_own: bool = False  # in service for one's own account, which is none


@dataclass
class Contract:
    """One subscription and its states, each from its day on to the next."""

    subscription_id: str
    start_date: date
    currency_code: str
    sales_rep_id: str | None
    is_metered: bool
    cancel_reason: str | None
    is_involuntary: bool
    dunning_ends: date | None
    states: list[tuple[date, State]] = field(default_factory=list)

    def state_on(self, day: date) -> State | None:
        """The state at the close of the day; None before the first one."""
        found = None
        for begins, state in self.states:
            if begins > day:
                break
            found = state
        return found

    def service_on(self, day: date) -> State | None:
        """The state in service on a day, that of the day before if it ended on this one."""
        for moment in (day, day - timedelta(days=1)):
            state = self.state_on(moment)
            if state is not None and state.is_running:
                return state
        return None

    def spans(self) -> list[Span]:
        """Days in service."""
        return merged(self._spans(lambda state: state.is_running), date.max)

    def spans_by_account(self) -> dict[str, list[Span]]:
        """Days in service for each account that held the contract."""
        holders = {state.account_id for _, state in self.states if state.is_running}
        return {
            holder: merged(
                self._spans(lambda state, who=holder: state.is_running and state.account_id == who),
                date.max,
            )
            for holder in sorted(holders)
        }

    def _spans(self, holds: Callable[[State], bool]) -> list[Span]:
        ends = [begins for begins, _ in self.states[1:]] + [None]
        return [
            (begins, end)
            for (begins, state), end in zip(self.states, ends, strict=True)
            if holds(state)
        ]

    def ending(self, ended_on: date) -> Ending:
        """Why the service ended on that day."""
        after = self.state_on(ended_on)
        if after is not None and (after.is_running or after.is_own):
            return Ending(ended_on, TRANSFERRED)
        unpaid = self.dunning_ends is not None and self.dunning_ends <= ended_on
        kind = NON_PAYMENT if unpaid or self.is_involuntary else CANCELLED
        return Ending(ended_on, kind, self.cancel_reason)


def contracts(
    subscriptions: list[dict],
    changes: list[dict],
    account_of: Callable[[str], str],
    date_of: Callable,
    dunning_days: int,
    as_of_date: date,
) -> list[Contract]:
    """The contracts that rows of `subscriptions` and `subscription_changes` tell of.

    Moments and dates after the clock are taken as not known: the reader has made them None.
    """
    changes_of: dict[str, list[dict]] = {}
    for change in changes:
        if change["effective_date"] <= as_of_date:
            changes_of.setdefault(change["subscription_id"], []).append(change)
    return [
        _contract(
            row,
            sorted(changes_of.get(row["subscription_id"], []), key=_change_order),
            account_of,
            date_of,
            dunning_days,
        )
        for row in subscriptions
        if row["start_date"] <= as_of_date
    ]


def _change_order(change: dict) -> tuple:
    """Changes of one day in the order of being entered; one of an unknown moment comes last."""
    recorded_at = change["recorded_at"]
    return (
        change["effective_date"],
        recorded_at is None,
        recorded_at or datetime.min,
        change["change_id"],
    )


def _contract(
    row: dict,
    changes: list[dict],
    account_of: Callable[[str], str],
    date_of: Callable,
    dunning_days: int,
) -> Contract:
    """Walk through the days on which something changes."""
    requested_on = date_of(row["cancel_requested_at"]) if row.get("cancel_requested_at") else None
    dunning_ends = (
        row["past_due_since"] + timedelta(days=dunning_days) if row.get("past_due_since") else None
    )
    contract = Contract(
        subscription_id=row["subscription_id"],
        start_date=row["start_date"],
        currency_code=row["currency_code"],
        sales_rep_id=row.get("sales_rep_id"),
        is_metered=bool(row.get("is_metered")),
        cancel_reason=row.get("cancel_reason"),
        is_involuntary=bool(row.get("is_involuntary")),
        dunning_ends=dunning_ends,
    )
    fixed_days = (row["start_date"], row.get("end_date"), row.get("trial_end_date"))
    days = {
        day
        for day in (*fixed_days, row.get("discount_end_date"), requested_on, dunning_ends)
        if day is not None
    } | {change["effective_date"] for change in changes}
    state = _first_state(row, account_of)
    is_ended = False
    for day in sorted(days):
        if day == row.get("discount_end_date"):
            state = replace(state, discount_amount=Decimal(0))
        for change in changes:
            if change["effective_date"] != day:
                continue
            state = _changed(state, change, account_of)
            if change["change_type"] in ("start", "resume"):
                is_ended = False
            elif change["change_type"] == "end":
                is_ended = True
        is_over = any(end is not None and day >= end for end in (row.get("end_date"), dunning_ends))
        trial_end = row.get("trial_end_date")
        state = replace(
            state,
            is_running=day >= row["start_date"] and not is_ended and not is_over,
            is_trial=trial_end is not None and day < trial_end,
            is_cancel_requested=state.is_cancel_requested
            or (requested_on is not None and day >= requested_on),
        )
        contract.states.append((day, state))
    return contract


def _first_state(row: dict, account_of: Callable[[str], str]) -> State:
    return State(
        account_id=account_of(row["company_id"]),
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        discount_amount=row["discount_amount"],
        billing_interval=row["billing_interval"],
        interval_count=row["interval_count"],
        product_id=row.get("product_id"),
        plan_name=row.get("plan_name"),
        is_running=False,
        is_paused=False,
        is_trial=False,
        is_cancel_requested=False,
    )


def _changed(state: State, change: dict, account_of: Callable[[str], str]) -> State:
    """The state after a change: what it leaves empty is unchanged."""
    new = {name: change[name] for name in TERMS if change.get(name) is not None}
    for name in ("billing_interval", "interval_count"):
        if change.get(name) is not None:
            new[name] = change[name]
    if change.get("company_id") is not None:
        new["account_id"] = account_of(change["company_id"])
    if change["change_type"] == "pause":
        new["is_paused"] = True
    elif change["change_type"] in ("resume", "start"):
        new["is_paused"] = False
    elif change["change_type"] == "cancel_request":
        new["is_cancel_requested"] = True
    return replace(state, **new)


def is_paying(contract: Contract, state: State | None) -> bool:
    """Whether the contract has recurring revenue at the close of a day."""
    return (
        state is not None
        and state.is_running
        and not state.is_paused
        and not state.is_trial
        and not contract.is_metered
    )


def is_free(state: State) -> bool:
    """Whether it comes to nothing, with its discount and without."""
    return not (state.quantity * state.unit_price or state.discount_amount)
