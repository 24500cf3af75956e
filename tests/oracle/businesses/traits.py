"""What a random business is like: how large, when, and which nasty things happen in it.

Traits are what hypothesis draws and shrinks; the rows follow from them and a seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

# Histories start shortly before something odd happens to the calendar.
STARTS = {
    "leap_day": date(2024, 2, 20),
    "week_53": date(2020, 12, 21),
    "clock_forward": date(2024, 3, 25),
    "clock_back": date(2023, 10, 23),
    "year_end": date(2024, 12, 20),
    "plain": date(2025, 5, 5),
}
# Days of history; few are long, since each day has its cells.
DAYS = (1, 2, 9, 20, 40, 40, 70, 100, 400)
NASTY = (
    "cancellations",
    "all_cancelled",
    "odd_types",
    "zero_and_negative",
    "midnights",
    "currencies",
    "missing_rates",
    "taxes",
    "gift_cards",
    "guests",
    "free_mail",
    "merges",
    "merge_cycles",
    "parents",
    "versions",
    "internals",
    "bots",
    "no_consent",
    "stitching",
    "refunds",
    "late_refunds",
    "deletions",
    "repeats",
    "conflicts",
    "unreadable",
    "orphans",
    "future",
    "two_sources",
    "spam",
    "subscriptions",
    "subscription_changes",
    "resurveys",
)


@dataclass(frozen=True)
class Traits:
    """One business to be."""

    seed: int
    start: date
    days: int
    accounts: int
    orders: int
    visits: int
    leads: int
    has_loaded_at: bool
    nasty: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return name in self.nasty


@st.composite
def traits(draw: st.DrawFn) -> Traits:
    """Businesses of every size down to none, with any mixture of nasty things."""
    return Traits(
        seed=draw(st.integers(0, 2**32 - 1)),
        start=draw(st.sampled_from(sorted(STARTS.values()))),
        days=draw(st.sampled_from(DAYS)),
        accounts=draw(st.sampled_from([1, 3, 6, 12])),
        orders=draw(st.sampled_from([0, 1, 3, 10, 25, 50])),
        visits=draw(st.sampled_from([0, 1, 5, 20, 60])),
        leads=draw(st.sampled_from([0, 1, 4, 12, 25])),
        has_loaded_at=draw(st.booleans()),
        nasty=draw(st.frozensets(st.sampled_from(sorted(NASTY)))),
    )


# One that is quickly built, of which shapes are compiled.
SMALL = Traits(
    seed=1,
    start=STARTS["plain"],
    days=9,
    accounts=3,
    orders=3,
    visits=5,
    leads=4,
    has_loaded_at=True,
    nasty=frozenset(),
)
