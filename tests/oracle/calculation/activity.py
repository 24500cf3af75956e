"""Who is a customer when, why one is lost, and which members one has (2.8, K18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from oracle.calculation.calendar import add_months
from oracle.calculation.contract_book import ContractBook
from oracle.calculation.customers import (
    CANCELLED,
    INACTIVITY,
    NON_PAYMENT,
    Ending,
    last_ending,
    order_spans,
)
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.members import AccountMembers
from oracle.calculation.spells import ONE_DAY, Span, Track, merged, tracks
from oracle.calculation.subscriptions import Contract

NO_PLAN = "(no plan)"
BANDS = (
    (3, "under 3 months"),
    (6, "3 to 6 months"),
    (12, "6 to 12 months"),
    (24, "12 to 24 months"),
)
OLDEST_BAND = "over 24 months"


def tenure_band(first_day: date, day: date) -> str:
    """How long ago the first day was."""
    return next(
        (name for months, name in BANDS if day < add_months(first_day, months)), OLDEST_BAND
    )


def reason(ending: Ending) -> tuple[bool | None, str]:
    """Whether the loss was involuntary (None of what was no contract's end), and its member."""
    is_involuntary = {NON_PAYMENT: True, CANCELLED: False}.get(ending.kind)
    return is_involuntary, ending.reason or UNKNOWN


class AccountActivity:
    """Tracks of accounts, by orders and by contracts."""

    def __init__(
        self,
        order_dates: dict[str, list[date]],
        book: ContractBook,
        inactivity_days: int,
        today: date,
    ) -> None:
        self.order_dates, self.book = order_dates, book
        self._running_on: dict[date, set[str]] = {}
        spans = defaultdict(list)
        self.endings: dict[str, list[Ending]] = defaultdict(list)
        for account_id, days in order_dates.items():
            spans[account_id] += order_spans(days, inactivity_days)
            for _, end in merged(order_spans(days, inactivity_days), date.max):
                self.endings[account_id].append(Ending(end, INACTIVITY))
        self.contracts_of: dict[str, list[tuple[Contract, list[Span]]]] = defaultdict(list)
        for contract in book.contracts:
            for account_id, held in contract.spans_by_account().items():
                spans[account_id] += held
                self.contracts_of[account_id].append((contract, held))
                self.endings[account_id] += [
                    contract.ending(end) for _, end in held if end is not None
                ]
        self.tracks: dict[str, Track] = tracks(spans, today)

    def is_modelled(self, account_id: str, last_day: date) -> bool:
        """Whether BG/NBD may say if the account lives: it ordered, is no guest, has no contract."""
        days = self.order_dates.get(account_id)
        return (
            days is not None
            and days[0] <= last_day
            and not account_id.startswith("guest:")
            and account_id not in self._running(last_day)
        )

    def _running(self, day: date) -> set[str]:
        if day not in self._running_on:
            self._running_on[day] = running_contract_accounts(self.book.contracts, day)
        return self._running_on[day]

    def reason_of(self, account_id: str, lost_on: date) -> tuple[bool | None, str]:
        """Why the account was lost on a day."""
        return reason(last_ending(self.endings[account_id], lost_on))

    def plan(self, account_id: str, day: date) -> str:
        """The plan of the account's contract on a day, of several the oldest one.

        Without one, a contract that ended on the day still counts, so that who is lost on the
        first day of a period is lost from its plan.
        """
        for moment in (day, day - ONE_DAY):
            held = [
                (
                    contract.start_date,
                    contract.subscription_id,
                    contract.state_on(moment).plan_name or UNKNOWN,
                )
                for contract, spans in self.contracts_of.get(account_id, ())
                for start, end in spans
                if start <= moment and (end is None or moment < end)
            ]
            if held:
                return min(held)[-1]
        return NO_PLAN

    def tenure_band(self, account_id: str, day: date) -> str:
        """How long the account has been a customer."""
        return tenure_band(self.tracks[account_id].first_day, day)


class SubscriptionActivity:
    """Tracks of contracts, whoever holds them."""

    def __init__(self, contracts: Iterable[Contract], members: AccountMembers, today: date) -> None:
        self.contracts = {contract.subscription_id: contract for contract in contracts}
        self.members = members
        self.tracks = tracks({name: one.spans() for name, one in self.contracts.items()}, today)

    def member_on(self, subscription_id: str, dimension: str, day: date) -> str:
        """The member of a contract, or of the account that holds it, on a day."""
        state = self.contracts[subscription_id].service_on(day)
        if dimension == "tenure_band":
            return tenure_band(self.tracks[subscription_id].first_day, day)
        if dimension == "plan":
            return state.plan_name or UNKNOWN
        return self.members.on(state.account_id, dimension, day)

    def reason_of(self, subscription_id: str, lost_on: date) -> tuple[bool | None, str]:
        """Why the contract ended on a day."""
        return reason(self.contracts[subscription_id].ending(lost_on))


def running_contract_accounts(contracts: Iterable[Contract], day: date) -> set[str]:
    """Accounts with a contract that runs on a day; a trial is none."""
    return {
        state.account_id
        for contract in contracts
        for state in [contract.state_on(day)]
        if state is not None and state.is_running and not state.is_trial
    }
