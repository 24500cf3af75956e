"""Members of an account on a day, looked up once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from oracle.calculation.identity import UNKNOWN, Identity, follow

if TYPE_CHECKING:
    from oracle.calculation.world import World

Lookup = Callable[[str, date], str]


class AccountMembers:
    """What an account is on a day: by its version, or by what was found out elsewhere."""

    def __init__(self, identity: Identity, others: dict[str, Lookup]) -> None:
        self.identity = identity
        self.others = others
        self._of_day = lru_cache(maxsize=None)(identity.members)
        self._parents = lru_cache(maxsize=None)(self._ultimate_parents)

    def on(self, account_id: str, dimension: str, day: date) -> str:
        """The member of an account on a day."""
        if dimension == "total":
            return "all"
        if dimension in self.others:
            return self.others[dimension](account_id, day)
        if dimension == "ultimate_parent":
            return self._parents(day).get(account_id, account_id)
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

    def _ultimate_parents(self, day: date) -> dict[str, str]:
        """The end of the chain of parents of that day, of accounts that have one."""
        links = {}
        for account_id in self.identity.versions:
            parent = self.identity.version(account_id, day)["parent_company_id"]
            if parent and account_id not in self.identity.company_ends:
                links[account_id] = self.identity.company(parent)
        return follow(links, self.identity.versions)


def account_members(world: World) -> AccountMembers:
    """The members of accounts, by company, first touch, contract and first order."""

    def cohort(account_id: str, _: date) -> str:
        days = world.order_dates.get(account_id)
        return f"{days[0]:%Y-%m}" if days else UNKNOWN

    def first_category(account_id: str, _: date) -> str:
        first = world.sales.first_order.get(account_id)
        lines = [
            line
            for line in (first.lines if first else ())
            if not line.is_added_later and not line.is_gift_card
        ]
        if not lines:
            return UNKNOWN
        dearest = min(lines, key=lambda line: (-line.net, line.order_line_id))
        return dearest.members["product_category"]

    return AccountMembers(
        world.identity,
        {
            "acquisition_channel": lambda account_id, _: world.web.acquisition_channel(account_id),
            "cohort_month": cohort,
            "first_product_category": first_category,
            "plan": lambda account_id, day: world.activity.plan(account_id, day),
            "tenure_band": lambda account_id, day: world.activity.tenure_band(account_id, day),
        },
    )
