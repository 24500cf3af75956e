"""What a relation says of the cells before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from oracle.calculation.cell import Cell, CellKey, Number
from oracle.compare import differences
from oracle.relations.changes import MARK

Cells = dict[CellKey, Cell]


def unchanged(before: Cells, after: Cells) -> Iterator[str]:
    """Every cell is as it was, under the names that members had."""
    plain = {
        replace(key, dimension_value=key.dimension_value.replace(MARK, "")): cell
        for key, cell in after.items()
    }
    for difference in differences(before, plain):
        yield str(difference)


def same_net_sales(before: Cells, after: Cells) -> Iterator[str]:
    """Net sales over all time are as they were, by both clocks."""
    for variant in ("net_sales", "net_sales_order_dated"):
        totals = [
            sum(
                cell.numerator or 0
                for key, cell in cells.items()
                if (key.kpi, key.variant, key.period_grain) == ("sales", variant, "month")
                and key.dimension == "total"
            )
            for cells in (before, after)
        ]
        if totals[0] != totals[1]:
            yield f"{variant} over all months: {totals[0]} before, {totals[1]} after"


def parts_add_up(one: Cells, other: Cells, both: Cells) -> Iterator[str]:
    """Numerators and denominators of both together are the sums of theirs, where both have them."""
    for key, cell in both.items():
        for part in ("numerator", "denominator"):
            parts = [_part(cells, key, part) for cells in (one, other)]
            whole = getattr(cell, part)
            if whole is None or None in parts:
                continue
            if Decimal(whole) != sum(map(Decimal, parts)):
                where = ", ".join(str(value) for value in vars(key).values())
                yield f"{where}: {part} {whole} together, {parts[0]} and {parts[1]} apart"


def _part(cells: Cells, key: CellKey, part: str) -> Number | None:
    """A part of a cell: 0 of a member that has nothing, None where even the total has none.

    So it is of a growth without an earlier period, and of a period that the history has not.
    """
    if key not in cells:
        total = cells.get(replace(key, dimension="total", dimension_value="all"))
        return None if total is None or getattr(total, part) is None else 0
    return getattr(cells[key], part)
