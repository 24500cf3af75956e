"""K30: what it costs to keep a customer."""

from __future__ import annotations

from oracle.calculation.costs import ACQUISITION
from oracle.calculation.kpis.cost_parts import COST_NEEDS, cost_parts, cost_spots
from oracle.calculation.kpis.customers import account_snapshots
from oracle.calculation.kpis.shared import (
    FROM_WEEK,
    Cells,
    active_censored,
    cost_is_missing,
    fx_is_missing,
    spots,
)
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.world import World

DIMENSIONS = ("segment",)
RETENTION = ("retention",)


def cells(world: World) -> Cells:
    """The cells of kpi_retention_cost."""
    sums = Sums(world.calendar)
    for cost in world.costs.entries:
        sums.add(cost.cost_date, cost_parts(cost), cost_spots(cost, DIMENSIONS))
    for order in world.sales.first_order.values():
        sums.add(order.order_date, {"new_customers": 1}, spots(order.members, DIMENSIONS))
    table = sums.table(FROM_WEEK)
    for (period, dimension, member), parts in account_snapshots(world).items():
        if dimension in ("total", *DIMENSIONS):
            into = table.setdefault((period, dimension, member), {})
            into["customers_retained"] = parts["retained"]
    is_booked = world.costs.booked(RETENTION)
    variants = [
        Variant(
            "retention_cost_per_customer",
            "retention_cost" if is_booked else lambda parts: None,
            "customers_retained",
            n="customers_retained",
            needs=("cost_ledger",),
            lacks_source=not is_booked,
            left_censored=active_censored(world),
            missing_cost=cost_is_missing(world, RETENTION),
            fx_missing=fx_is_missing(world, RETENTION),
        ),
        Variant(
            "retention_cost_to_cac",
            statistic=_to_cac,
            n="customers_retained",
            needs=("cost_ledger",),
            lacks_source=not is_booked,
            left_censored=active_censored(world),
            missing_cost=cost_is_missing(world, (*RETENTION, *ACQUISITION)),
            fx_missing=fx_is_missing(world, (*RETENTION, *ACQUISITION)),
        ),
    ]
    return world.maker.make_cells("retention_cost", variants, table, FROM_WEEK, COST_NEEDS)


def _to_cac(parts: Parts) -> float | None:
    """Cost per customer kept over cost per customer won."""
    kept, won = parts.get("customers_retained", 0), parts.get("new_customers", 0)
    cost = parts.get("acquisition_cost", 0)
    if not kept or not won or not cost:
        return None
    return (float(parts.get("retention_cost", 0)) / kept) / (float(cost) / won)
