"""The check of two businesses in one: it notices what does not add up, and only that."""

from __future__ import annotations

from datetime import date

import pytest
from oracle.calculation.cell import Cell, CellKey, Number
from oracle.relations.checks import Cells, parts_add_up

FIRST, SECOND = date(2024, 5, 1), date(2024, 6, 1)


def cells(*rows: tuple[date, str, Number]) -> Cells:
    """Numerators by month and campaign; `all` is the total."""
    return {
        CellKey(
            *("leads", "leads_growth_rate", "month", month),
            *("total" if member == "all" else "campaign", member),
        ): Cell(None, numerator, None, None, None, None, "ok", True, True)
        for month, member, numerator in rows
    }


@pytest.mark.parametrize(
    ("one", "other", "both", "found"),
    [
        (
            cells((SECOND, "all", 2), (SECOND, "news", 2)),
            cells((SECOND, "all", 3), (SECOND, "~news", 3)),
            cells((SECOND, "all", 5), (SECOND, "news", 2), (SECOND, "~news", 3)),
            0,
        ),
        # A member that one of them lacks has nothing there.
        (
            cells((SECOND, "all", 2), (SECOND, "news", 2)),
            cells((SECOND, "all", 3), (SECOND, "~news", 3)),
            cells((SECOND, "all", 5), (SECOND, "news", 4), (SECOND, "~news", 3)),
            1,
        ),
        (
            cells((SECOND, "all", 2)),
            cells((SECOND, "all", 3)),
            cells((SECOND, "all", 4)),
            1,
        ),
        # Without an earlier period, or without the period, there is nothing to add up.
        (
            cells((SECOND, "all", 2), (SECOND, "news", 2)),
            cells((SECOND, "all", None)),
            cells((SECOND, "all", 5), (SECOND, "news", 2), (SECOND, "~news", 3)),
            0,
        ),
        (
            cells((FIRST, "all", 1), (SECOND, "all", 2)),
            cells((SECOND, "all", 3)),
            cells((FIRST, "all", 4), (FIRST, "~news", 4), (SECOND, "all", 5)),
            0,
        ),
    ],
    ids=["adds up", "a member too much", "a total too little", "no growth yet", "not begun"],
)
def test_parts_of_two_businesses_add_up(one: Cells, other: Cells, both: Cells, found: int) -> None:
    """Where both have them, and nowhere else."""
    assert len(list(parts_add_up(one, other, both))) == found
