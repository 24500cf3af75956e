"""K28: what sales reps won."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oracle.calculation.cell import Cell, CellKey

if TYPE_CHECKING:
    from oracle.calculation.world import World


def sales_rep_cells(world: World) -> Iterable[tuple[CellKey, Cell]]:
    """All cells of K28."""
    return ()
