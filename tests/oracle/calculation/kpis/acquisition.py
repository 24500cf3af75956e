"""Acquisition: what new customers cost, what marketing gives back, and what keeping costs."""

from __future__ import annotations

from oracle.calculation.kpis import cac, retention_cost, romi

KPIS = {
    "cac": cac.cac,
    "marketing_share_of_cac": cac.marketing_share,
    "romi": romi.cells,
    "retention_cost": retention_cost.cells,
}
