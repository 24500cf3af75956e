"""Members of an account on a day, looked up once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from oracle.calculation.calendar import month_of
from oracle.calculation.identity import UNKNOWN, Identity

Lookup = Callable[[str, date], str]


class AccountMembers:
    """What an account is on a day: by its version, or by what was found out elsewhere."""

    def __init__(self, identity: Identity, others: dict[str, Lookup]) -> None:
        self.identity = identity
        self.others = others
        self._of_day = lru_cache(maxsize=None)(identity.members)
        self._parent = lru_cache(maxsize=None)(self._ultimate_parent)

    def on(self, account_id: str, dimension: str, day: date) -> str:
        """The member of an account on a day."""
        if dimension == "total":
            return "all"
        if dimension in self.others:
            return self.others[dimension](account_id, day)
        if dimension == "ultimate_parent":
            return self._parent(account_id, day)
        return self._of_day(account_id, day)[dimension]

    def change_days(self) -> set[date]:
        """Days on which a version of a company begins."""
        identity = self.identity
        return {
            identity.reading.business_date(row["valid_from"])
            for rows in identity.versions.values()
            for row in rows
            if row["valid_from"] is not None
        }

    def _ultimate_parent(self, account_id: str, day: date) -> str:
        """The end of the chain of parents of that day; a link of a cycle is none."""
        seen, end = [account_id], account_id
        while True:
            row = self.identity.version(end, day)
            parent = row["parent_company_id"] if row else None
            parent = self.identity.company(parent) if parent else None
            if parent is None or parent in seen:
                return end
            seen.append(parent)
            end = parent


def cohort_month(first_order_date: date | None) -> str:
    """The month of the first valid order."""
    return f"{month_of(first_order_date):%Y-%m}" if first_order_date else UNKNOWN
