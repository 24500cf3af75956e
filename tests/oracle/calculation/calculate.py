"""All KPIs of a business."""

from __future__ import annotations

from collections.abc import Iterable

from oracle.calculation.business import Business
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.kpis import (
    acquisition,
    customers,
    leads,
    marketing,
    recurring,
    sales,
    satisfaction,
    traffic,
)
from oracle.calculation.world import World

THEMES = (sales, traffic, marketing, leads, acquisition, customers, recurring, satisfaction)


def calculate(business: Business, kpis: Iterable[str] | None = None) -> dict[CellKey, Cell]:
    """Every cell of `kpi_values`, or of some KPIs only (tables without `kpi_`)."""
    world = World(business)
    wanted = None if kpis is None else frozenset(kpis)
    found: dict[CellKey, Cell] = {}
    for theme in THEMES:
        for kpi, cells in theme.KPIS.items():
            if wanted is None or kpi in wanted:
                found.update(cells(world))
    return found
