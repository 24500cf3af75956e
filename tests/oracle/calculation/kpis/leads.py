"""Leads: how many, how good, how far they come, how long it takes and what they cost."""

from __future__ import annotations

from oracle.calculation.kpis import lead_counts

KPIS = {
    "leads": lead_counts.cells,
}
