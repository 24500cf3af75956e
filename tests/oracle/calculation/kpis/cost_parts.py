"""Cost as parts of KPIs: what each scope adds to which part, at which spots."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from oracle.calculation.costs import ACQUISITION, MARKETING, SALES, UNALLOCATED, Cost
from oracle.calculation.kpis.shared import Spot, spots

NOTHING = Decimal(0)
FULLY_LOADED = (*ACQUISITION, "overhead")
BOOKED = "cost_ledger or ad_spend"
MEDIA = "ad_spend or cost_ledger.is_paid_media"
LEDGER_PARTS = (
    "sales_cost",
    "overhead_cost",
    "acquisition_cost",
    "acquisition_cost_lagged",
    "fully_loaded_cost",
    "retention_cost",
)
COST_NEEDS = {
    "marketing_cost": (BOOKED,),
    "paid_media_cost": (MEDIA,),
    **dict.fromkeys(LEDGER_PARTS, ("cost_ledger",)),
}


def cost_parts(cost: Cost) -> dict[str, Decimal]:
    """What a cost adds to each part."""
    scope, amount = cost.scope, cost.amount
    is_media = scope in MARKETING and cost.is_paid_media
    return {
        "marketing_cost": amount if scope in MARKETING else NOTHING,
        "sales_cost": amount if scope in SALES else NOTHING,
        "overhead_cost": amount if scope == "overhead" else NOTHING,
        "paid_media_cost": amount if is_media else NOTHING,
        "acquisition_cost": amount if scope in ACQUISITION else NOTHING,
        "fully_loaded_cost": amount if scope in FULLY_LOADED else NOTHING,
        "retention_cost": amount if scope == "retention" else NOTHING,
    }


def cost_spots(cost: Cost, dimensions: Iterable[str]) -> list[Spot]:
    """Where a cost stands: by channel also among accounts; it has no industry."""
    channel = cost.members["marketing_channel"]
    members = {**cost.members, "acquisition_channel": channel, "industry": UNALLOCATED}
    return spots(members, dimensions)
