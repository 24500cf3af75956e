"""K01 sales, K02 average order value, K23 refunds, K28 sales reps."""

from __future__ import annotations

from oracle.calculation.kpis.order_value import aov_cells
from oracle.calculation.kpis.refunds import refund_cells
from oracle.calculation.kpis.revenue import sales_cells
from oracle.calculation.kpis.sales_reps import sales_rep_cells

KPIS = {
    "sales": sales_cells,
    "aov": aov_cells,
    "refunds": refund_cells,
    "sales_rep": sales_rep_cells,
}
