"""The contracts that count, and those that are rejected by rules across tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from oracle.calculation.calendar import add_months, month_of
from oracle.calculation.identity import Identity
from oracle.calculation.money import Rates, money
from oracle.calculation.mrr import Revenue
from oracle.calculation.reading import Reading
from oracle.calculation.subscriptions import Contract, contracts, is_free, is_paying

Usage = tuple[str, date, Decimal]


@dataclass
class ContractBook:
    """Accepted contracts of outside accounts, and what else is known of contracts."""

    contracts: list[Contract]
    revenue: Revenue
    usage: list[Usage]
    rejected: dict[str, str] = field(default_factory=dict)  # subscription -> reason
    rateless: list[Contract] = field(default_factory=list)  # rejected for lack of a rate


def contract_book(
    reading: Reading, identity: Identity, rates: Rates, parameters: dict
) -> ContractBook:
    """Read contracts, reject what money makes impossible, leave out one's own."""
    today = reading.today
    found = contracts(
        [_known(row, today) for row in reading.live("subscriptions")],
        reading.live("subscription_changes"),
        identity.company,
        reading.business_date,
        int(parameters["dunning_days"]),
        today,
    )
    # Whose account is internal is asked after the rate.
    rateless = [one for one in found if _lacks_rate(one, rates, today)]
    rejected = {one.subscription_id: "fx_missing" for one in rateless}
    left = [_outside(one, identity) for one in found if one.subscription_id not in rejected]
    negative = _negative(_revenue(left, rates, today))
    rejected |= dict.fromkeys(negative, "negative_mrr")
    kept = [one for one in left if one.subscription_id not in negative]
    return ContractBook(
        kept, _revenue(kept, rates, today), _usage(reading, rates), rejected, rateless
    )


def _known(row: dict, today: date) -> dict:
    """A row without the dates that the clock does not know yet."""
    later = {
        name: None
        for name in ("end_date", "past_due_since")
        if row[name] is not None and row[name] > today
    }
    return row | later


def _outside(contract: Contract, identity: Identity) -> Contract:
    """The contract without the days on which one's own account holds it."""
    contract.states = [
        (begins, replace(state, is_running=False, is_own=state.is_running))
        if identity.is_internal(state.account_id)
        else (begins, state)
        for begins, state in contract.states
    ]
    return contract


def _revenue(found: list[Contract], rates: Rates, today: date) -> Revenue:
    # Of those that are left, only free contracts lack a rate.
    return Revenue(found, lambda currency, day: rates.rate(currency, month_of(day)) or 0, today)


def _lacks_rate(contract: Contract, rates: Rates, today: date) -> bool:
    """Whether a month in which it is paid so far has no rate."""
    if contract.currency_code == rates.reporting_currency:
        return False
    ends = [begins for begins, _ in contract.states[1:]] + [None]
    for (begins, state), end in zip(contract.states, ends, strict=True):
        if begins > today or not is_paying(contract, state) or is_free(state):
            continue
        month = month_of(begins)
        while month <= today and (end is None or month < end):
            if rates.rate(contract.currency_code, month) is None:
                return True
            month = add_months(month, 1)
    return False


def _negative(revenue: Revenue) -> set[str]:
    """Contracts of accounts below 0 on any day, of those that held one of them, and so on."""
    ahead = [
        account_id
        for day in revenue.change_days()
        for account_id, amount in revenue.account_amounts(day).items()
        if amount < 0
    ]
    holders = {
        contract.subscription_id: set(contract.spans_by_account()) for contract in revenue.contracts
    }
    found: set[str] = set()
    while ahead:
        account_id = ahead.pop()
        new = {one for one, accounts in holders.items() if account_id in accounts} - found
        found |= new
        ahead += [holder for one in new for holder in holders[one]]
    return found


def _usage(reading: Reading, rates: Rates) -> list[Usage]:
    """Charges in the reporting currency, at the rate of their month's first day."""
    found = []
    for row in reading.live("usage_charges"):
        rate = rates.rate(row["currency_code"], month_of(row["usage_date"]))
        if rate is not None:
            found.append((row["subscription_id"], row["usage_date"], money(row["amount"] * rate)))
    return found
