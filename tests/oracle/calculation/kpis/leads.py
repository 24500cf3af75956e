"""Leads: how many, how good, how far they come, how long it takes and what they cost."""

from __future__ import annotations

from oracle.calculation.kpis import (
    lead_conversion,
    lead_costs,
    lead_counts,
    lead_funnels,
    lead_qualification,
    lead_quality,
    sales_cycle,
)

KPIS = {
    "leads": lead_counts.cells,
    "lead_conversion": lead_conversion.cells,
    "lead_funnel": lead_funnels.lead_funnel,
    "quote_funnel": lead_funnels.quote_funnel,
    "lead_quality": lead_quality.quality,
    "lead_score_calibration": lead_quality.calibration,
    "lead_qualification": lead_qualification.cells,
    "sales_cycle": sales_cycle.cells,
    "cost_per_lead": lead_costs.cells,
}
