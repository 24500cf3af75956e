"""Both calculations of one business, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from oracle.calculation.cell import Cell, CellKey, Number

TOLERANCE = 1e-9
KEY = "kpi, variant, period_grain, period_start, dimension, dimension_value"
FACTS = (
    "value, numerator, denominator, n, ci_low, ci_high, value_status, is_complete_period, is_mature"
)


@dataclass(frozen=True)
class Difference:
    """A cell on which the two do not agree."""

    key: CellKey
    column: str
    built: object
    calculated: object

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in vars(self.key).values())
        return f"{where}: {self.column} built {self.built}, calculated {self.calculated}"


def built_cells(
    connection: duckdb.DuckDBPyConnection,
    kpis: set[str] | None = None,
    relation: str = "kpi.kpi_values",
) -> dict[CellKey, Cell]:
    """The rows of kpi_values, or of a relation like it."""
    rows = connection.execute(f"select {KEY}, {FACTS} from {relation}").fetchall()
    return {CellKey(*row[:6]): Cell(*row[6:]) for row in rows if kpis is None or row[0] in kpis}


def differences(
    built: dict[CellKey, Cell], calculated: dict[CellKey, Cell]
) -> Iterator[Difference]:
    """Where they differ. A cell of a member without anything need not be there."""
    for key in built.keys() | calculated.keys():
        ours, theirs = built.get(key), calculated.get(key)
        if ours is None or theirs is None:
            present = theirs if ours is None else ours
            if key.dimension == "total" or not _is_nothing(present):
                yield Difference(key, "cell", ours, theirs)
            continue
        for column in vars(ours):
            one, other = getattr(ours, column), getattr(theirs, column)
            if not _is_same(one, other, is_exact=column in ("numerator", "denominator", "n")):
                yield Difference(key, column, one, other)


def _is_nothing(cell: Cell) -> bool:
    return not any((cell.value, cell.numerator, cell.denominator, cell.n))


def _is_same(one: Number | str, other: Number | str, is_exact: bool) -> bool:
    if one is None or other is None or isinstance(one, str | bool):
        return one == other
    if is_exact and not isinstance(other, float):
        return one == other
    return math.isclose(float(one), float(other), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
