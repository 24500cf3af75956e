"""Monthly recurring revenue: amounts on a day, and what moves them (K22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from oracle.calculation.subscriptions import Contract, State, is_paying

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)

MemberOf = Callable[[Contract, State, date], str]
RateOn = Callable[[str, date], Decimal]  # currency and day -> rate of the month's first day

MONTHS_IN = {
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
    "week": Fraction(52, 12),
    "day": Fraction(365, 12),
}


def rounded(exact: Fraction, places: int = 4) -> Decimal:
    """Half up (away from zero) to so many places."""
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def monthly_amount(state: State, rate: Decimal, is_list_price: bool = False) -> Decimal:
    """What the terms come to in a month, rounded once with discount and rate inside."""
    price = Fraction(state.quantity) * Fraction(state.unit_price)
    if not is_list_price:
        price -= Fraction(state.discount_amount)
    return rounded(
        price * MONTHS_IN[state.billing_interval] / state.interval_count * Fraction(rate)
    )


def is_pausing(state: State | None) -> bool:
    """Whether a contract is in service and only its pause keeps it from being paid."""
    return state is not None and state.is_running and state.is_paused and not state.is_trial


@dataclass(frozen=True)
class Movement:
    """What one account moved on one day under one kind, by member of one dimension."""

    account_id: str
    day: date
    dimension: str
    member: str
    kind: str
    amount: Decimal  # positive for losses too, signed for fx and transferred


@dataclass
class Revenue:
    """The recurring revenue of all contracts, through time."""

    contracts: list[Contract]
    rate_on: RateOn
    as_of_date: date
    _amounts: dict[tuple[str, date], Decimal] = field(default_factory=dict)

    def amount(self, contract: Contract, day: date) -> Decimal:
        """MRR of the contract at the close of the day."""
        key = (contract.subscription_id, day)
        if key not in self._amounts:
            state = contract.state_on(day)
            paid = is_paying(contract, state)
            rate = self.rate_on(contract.currency_code, day) if paid else None
            self._amounts[key] = monthly_amount(state, rate) if paid else ZERO
        return self._amounts[key]

    def rate_of_step(self, contract: Contract, day: date) -> Decimal:
        """Rate of the day; of the day before, if the contract is free from now on and has none."""
        currency = contract.currency_code
        return self.rate_on(currency, day) or self.rate_on(currency, day - ONE_DAY)

    def has_paid(self, contract: Contract, day: date) -> bool:
        """Whether the contract had recurring revenue on any day before this one."""
        return any(
            is_paying(contract, state) and monthly_amount(state, Decimal(1)) != 0
            for begins, state in contract.states
            if begins < day
        )

    def list_amount(self, contract: Contract, day: date) -> Decimal:
        """The same before discounts."""
        state = contract.state_on(day)
        if not is_paying(contract, state):
            return ZERO
        return monthly_amount(state, self.rate_on(contract.currency_code, day), True)

    def account_amounts(self, day: date) -> dict[str, Decimal]:
        """MRR of each account at the close of the day, where there is any."""
        result: dict[str, Decimal] = defaultdict(Decimal)
        for contract in self.contracts:
            amount = self.amount(contract, day)
            if amount:
                result[contract.state_on(day).account_id] += amount
        return {account_id: amount for account_id, amount in result.items() if amount}

    def paused_accounts(self, day: date) -> set[str]:
        """Accounts with a contract that is paused at the close of the day."""
        return {
            state.account_id
            for contract in self.contracts
            if not contract.is_metered
            for state in [contract.state_on(day)]
            if is_pausing(state)
        }

    def change_days(self, extra_days: Iterable[date] = ()) -> list[date]:
        """Days on which any amount or member may differ from the day before."""
        days = {day for contract in self.contracts for day, _ in contract.states}
        if days:
            month = min(days).replace(day=1)
            while month <= self.as_of_date:
                days.add(month)
                month = (month + timedelta(days=32)).replace(day=1)
        days.update(extra_days)
        return sorted(day for day in days if day <= self.as_of_date)


@dataclass
class _Step:
    """One contract on one day."""

    account_id: str
    member: str
    before: Decimal  # at the new rate, moved to where it is now
    after: Decimal
    paused: Decimal
    resumed: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before + self.paused - self.resumed


def movements(
    revenue: Revenue, dimension: str, member_of: MemberOf, extra_days: Iterable[date] = ()
) -> list[Movement]:
    """Every movement by one dimension, day by day."""
    found: list[Movement] = []
    had_revenue: set[str] = set()
    for day in revenue.change_days(extra_days):
        steps: dict[str, list[_Step]] = defaultdict(list)
        for contract in revenue.contracts:
            step = _step(revenue, contract, day, dimension, member_of, found)
            if step is not None:
                steps[step.account_id].append(step)
        for account_id, own in sorted(steps.items()):
            _classify(account_id, own, day, dimension, account_id in had_revenue, found)
        had_revenue.update(revenue.account_amounts(day))
    return [movement for movement in found if movement.amount]


def _step(
    revenue: Revenue,
    contract: Contract,
    day: date,
    dimension: str,
    member_of: MemberOf,
    found: list[Movement],
) -> _Step | None:
    """Take rate, members and pauses out of what one contract did; book them at once."""
    old, new = contract.state_on(day - ONE_DAY), contract.state_on(day)
    before, after = revenue.amount(contract, day - ONE_DAY), revenue.amount(contract, day)
    if new is None:
        return None
    goes_on = is_paying(contract, old) and is_paying(contract, new)
    paused = resumed = ZERO
    where = new
    if is_paying(contract, old):
        old_member = member_of(contract, old, day - ONE_DAY)
        if goes_on:
            at_new_rate = monthly_amount(old, revenue.rate_of_step(contract, day))
            _book(found, old.account_id, day, dimension, old_member, "mrr_fx", at_new_rate - before)
            before = at_new_rate
            new_member = member_of(contract, new, day)
            if (old.account_id, old_member) != (new.account_id, new_member):
                _book(found, old.account_id, day, dimension, old_member, "mrr_transferred", -before)
                _book(found, new.account_id, day, dimension, new_member, "mrr_transferred", before)
        else:
            where = old
            if new.is_running and new.is_paused:
                paused = before
    elif is_paying(contract, new) and is_pausing(old) and revenue.has_paid(contract, day):
        resumed = monthly_amount(old, revenue.rate_of_step(contract, day))
    if not (before or after):
        return None
    member = member_of(contract, where, day if where is new else day - ONE_DAY)
    _book(found, where.account_id, day, dimension, member, "mrr_paused", paused)
    _book(found, where.account_id, day, dimension, member, "mrr_resumed", resumed)
    return _Step(where.account_id, member, before, after, paused, resumed)


def _classify(
    account_id: str,
    steps: list[_Step],
    day: date,
    dimension: str,
    had_revenue: bool,
    found: list[Movement],
) -> None:
    """One kind for the account and day; what members moved between them is transferred."""
    before = sum((step.before + step.resumed for step in steps), ZERO)
    after = sum((step.after for step in steps), ZERO)
    changes: dict[str, Decimal] = defaultdict(Decimal)
    for step in steps:
        changes[step.member] += step.change
    net = sum(changes.values(), ZERO)
    if not before:
        kind = "mrr_reactivated" if had_revenue else "mrr_new"
    elif not after:
        kind = "mrr_churned"
    else:
        kind = "mrr_expansion" if net > 0 else "mrr_contraction"
    for member, moved, kept in shared_out(changes):
        _book(found, account_id, day, dimension, member, "mrr_transferred", moved)
        _book(found, account_id, day, dimension, member, kind, abs(kept))


def shared_out(changes: dict[str, Decimal]) -> list[tuple[str, Decimal, Decimal]]:
    """Of each member's change: what moved between members, and what the account changed."""
    net = sum(changes.values(), ZERO)
    winners = sorted(member for member, change in changes.items() if change * net > 0)
    result = []
    left = net
    for member, change in sorted(changes.items()):
        kept = ZERO
        if member in winners:
            kept = change if abs(change) <= abs(left) else left
            left -= kept
        result.append((member, change - kept, kept))
    return result


def _book(
    found: list[Movement],
    account_id: str,
    day: date,
    dimension: str,
    member: str,
    kind: str,
    amount: Decimal,
) -> None:
    if amount:
        found.append(Movement(account_id, day, dimension, member, kind, amount))
