"""How often each kind of table is copied at a scale."""

from __future__ import annotations

from dataclasses import dataclass

from .roles import ACCOUNT, REFERENCE

# At scale 1: 100,000 orders, 300,000 visits and a million page views.
ACTIVITY_COPIES = 36
# Three copies of what an account does: it orders three times as often as in the demo company.
ACCOUNT_COPIES = 12
BROWSING_COPIES = 18


@dataclass(frozen=True)
class Size:
    """Numbers of copies: of what accounts do, of the accounts, and of visitors who only look."""

    activity: int
    accounts: int
    browsing: int

    @classmethod
    def of_scale(cls, scale: float) -> Size:
        """Activity and accounts grow alike: a path to an order is as long at every scale."""
        activity = max(1, round(ACTIVITY_COPIES * scale))
        accounts = max(1, round(ACCOUNT_COPIES * scale))
        return cls(activity, accounts, round(BROWSING_COPIES * scale))

    def copies(self, table: str) -> int:
        """Copies of a table, the demo company itself among them."""
        if table in REFERENCE:
            return 1
        return self.accounts if table in ACCOUNT else self.activity
