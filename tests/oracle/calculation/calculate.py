"""All KPIs of a business."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from oracle.calculation.business import Business
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.world import World

THEMES = (
    "sales",
    "traffic",
    "marketing",
    "leads",
    "acquisition",
    "customers",
    "recurring",
    "satisfaction",
)


def calculate(business: Business, kpis: Iterable[str] | None = None) -> dict[CellKey, Cell]:
    """Every cell of `kpi_values`, or of some KPIs only (tables without `kpi_`)."""
    world = World(business)
    wanted = None if kpis is None else frozenset(kpis)
    found: dict[CellKey, Cell] = {}
    for theme in THEMES:
        name = f"oracle.calculation.kpis.{theme}"
        if find_spec(name) is None:
            continue
        for kpi, cells in import_module(name).KPIS.items():
            if wanted is None or kpi in wanted:
                found.update(cells(world))
    return found
