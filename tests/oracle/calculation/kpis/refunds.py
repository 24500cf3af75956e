"""K23: goods money given back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.facts import Entry, Order
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.money import money
from oracle.calculation.rollup import Sums, Units, merged
from oracle.calculation.statuses import Table, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

GRAINS = FROM_WEEK
BY_PRODUCT = ("product", "product_category")
PART_NEEDS = {
    "refunds": ("refunds",),
    "refunds_of_orders": ("refunds",),
    "refunds_with_return": ("refunds",),
    "refunds_without_return": ("refunds",),
    "refunds_quality": ("refunds", "refunds.reason or refund_lines.reason"),
    "orders_refunded": ("refunds",),
    "units_returned": ("refunds", "refund_lines.quantity"),
}
NOT_BY_REASON = ("order_value", "orders_valid", "units")


def refund_cells(world: World) -> Iterable[tuple[CellKey, Cell]]:
    """All cells of K23."""
    table = refund_table(world)
    return world.maker.make_cells("refunds", list(variants(world)), table, GRAINS, PART_NEEDS)


def refund_table(world: World) -> Table:
    """Parts by period, dimension and member."""
    sums, units = Sums(world.calendar), Units(world.calendar)
    for entry in world.sales.entries:
        if entry.kind == "return":
            _add_return(sums, units, entry)
    for order in world.sales.valid:
        _add_order(sums, units, order)
    table = merged(sums.table(GRAINS), units.table(GRAINS))
    for (_, dimension, _), parts in table.items():
        if dimension == "reason_group":
            parts.update(dict.fromkeys(NOT_BY_REASON))
    return table


def _own(order: Order) -> list[tuple[str, str]]:
    return [(name, order.members[name]) for name in ("sales_channel", "country")]


def _add_return(sums: Sums, units: Units, entry: Entry) -> None:
    """A return at its own date, and at that of its order if that still counts."""
    order = entry.order
    members = [
        *_own(order),
        *entry.members.items(),
        ("reason_group", entry.reason_group or UNKNOWN),
    ]
    sums.add(entry.entry_date, {"refunds": entry.amount}, members)
    if not order.is_valid or (entry.line is not None and entry.line.is_added_later):
        return
    kind = "refunds_with_return" if entry.is_goods_return else "refunds_without_return"
    measures = {
        "refunds_of_orders": entry.amount,
        kind: entry.amount,
        "units_returned": entry.quantity,
        "refunds_quality": entry.amount if entry.reason_group == "quality" else Decimal(0),
    }
    sums.add(order.order_date, measures, members)
    if entry.amount:
        units.add(order.order_date, {"orders_refunded": order.order_id}, members)


def _add_order(sums: Sums, units: Units, order: Order) -> None:
    """A valid order as placed; by product its lines."""
    lines = [line for line in order.lines if not line.is_added_later and not line.is_gift_card]
    orders = {"orders_valid": order.order_id}
    units.add(order.order_date, orders, _own(order))
    if not lines:
        nothing = [(dimension, UNKNOWN) for dimension in BY_PRODUCT]
        units.add(order.order_date, orders, nothing, with_total=False)
    for line in lines:
        value = money(line.net * order.rate)
        members = list(line.members.items())
        measures = {"order_value": value, "units": line.quantity}
        sums.add(order.order_date, measures, [*_own(order), *members])
        units.add(order.order_date, orders, members, with_total=False)


def variants(world: World) -> Iterable[Variant]:
    """The numbers of K23."""
    missing = holds_one_of(world.sales.fx_missing)
    days = world.number("return_window_days")
    money_of_orders = {"fx_missing": missing, "window_days": days}

    def rate(name: str, numerator: str, denominator: str, n: str = "orders_valid", **more):
        needs = ("refunds", *more.pop("needs", ()))
        return Variant(name, numerator, denominator, n=n, needs=needs, **more)

    yield rate("refund_rate", "refunds", "order_value", fx_missing=missing)
    yield rate("refund_rate_cohort", "refunds_of_orders", "order_value", **money_of_orders)
    yield rate(
        "refund_rate_orders",
        "orders_refunded",
        "orders_valid",
        interval="wilson",
        window_days=days,
    )
    yield rate(
        "return_rate_units",
        "units_returned",
        "units",
        needs=("refund_lines.quantity",),
        window_days=days,
    )
    yield rate("return_rate_value", "refunds_with_return", "order_value", **money_of_orders)
    yield rate(
        "refund_rate_without_return", "refunds_without_return", "order_value", **money_of_orders
    )
    yield rate(
        "refund_share_quality",
        "refunds_quality",
        "refunds_of_orders",
        n="orders_refunded",
        needs=("refunds.reason or refund_lines.reason",),
        **money_of_orders,
    )
