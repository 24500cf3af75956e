"""K01: what was sold, given back and earned."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.calendar import GRAINS
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.entries import NET_SIGN
from oracle.calculation.facts import Entry
from oracle.calculation.kpis.order_members import add_to_order, holds_one_of
from oracle.calculation.money import money
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import Parts, Table, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

PARTS = {
    "gross": "gross_sales",
    "discount": "discounts",
    "return": "returns",
    "cancellation": "cancellations",
    "cost": "cogs",
    "shipping": "shipping",
    "tax": "tax",
    "fx": "fx_adjustment",
}
MONEY = (*PARTS.values(), "net_sales_order_dated", "net_sales_invoiced", "net_sales_paid")
BY_PRODUCT = ("product", "product_category")
NOT_BY_PRODUCT = ("shipping", "tax", "net_sales_paid", "orders_valid")
COSTS = "product_costs or order_lines.unit_cost"
PART_NEEDS = {
    "returns": ("refunds",),
    "net_sales_order_dated": ("refunds",),
    "net_sales_invoiced": ("refunds", "orders.invoiced_at"),
    "net_sales_paid": ("payments",),
    "cogs": (COSTS,),
}


def sales_cells(world: World) -> Iterable[tuple[CellKey, Cell]]:
    """All cells of K01."""
    table = sales_table(world)
    return world.maker.make_cells("sales", list(variants(world)), table, GRAINS, PART_NEEDS)


def sales_table(world: World) -> Table:
    """Parts by period, dimension and member."""
    sums = Sums(world.calendar)
    for entry in world.sales.entries:
        _add_entry(world, sums, entry)
    for order in world.sales.orders.values():
        if order.is_valid:
            add_to_order(world, sums, order.order_date, order, {"orders_valid": Decimal(1)})
    for payment in world.payments.payments:
        measures = {"net_sales_paid": payment.goods}
        add_to_order(world, sums, payment.paid_date, payment.order, measures)
    table = sums.table(GRAINS)
    for (_, dimension, _), parts in table.items():
        for name in (*MONEY, "orders_valid"):
            parts[name] = money(parts.get(name, Decimal(0)))
        if dimension in BY_PRODUCT:
            parts.update(dict.fromkeys(NOT_BY_PRODUCT))
    return table


def _add_entry(world: World, sums: Sums, entry: Entry) -> None:
    """An entry at its own date, and its part of net sales at other dates."""
    order = entry.order
    more = [] if entry.kind in ("shipping", "tax") else [*entry.members.items()]
    dated = [(entry.entry_date, PARTS[entry.kind], entry.amount)]
    net = NET_SIGN.get(entry.kind, 0) * entry.amount
    if net:
        own_date = entry.entry_date
        if entry.kind in ("return", "cancellation"):
            own_date = order.order_date
        dated.append((own_date, "net_sales_order_dated", net))
        if entry.invoiced_date is not None:
            dated.append((entry.invoiced_date, "net_sales_invoiced", net))
    for day, part, amount in dated:
        if amount:
            add_to_order(world, sums, day, order, {part: amount}, more)


def _net(parts: Parts) -> Decimal:
    get = parts.get
    return (
        get("gross_sales", Decimal(0))
        - get("discounts", Decimal(0))
        - get("returns", Decimal(0))
        - get("cancellations", Decimal(0))
    )


def _total(parts: Parts) -> Decimal | None:
    shipping, tax = parts.get("shipping", Decimal(0)), parts.get("tax", Decimal(0))
    return None if shipping is None else _net(parts) + shipping + tax


def _margin(parts: Parts) -> Decimal:
    return _net(parts) - parts.get("cogs", Decimal(0))


def _at_own_rate(parts: Parts) -> Decimal:
    return _net(parts) + parts.get("fx_adjustment", Decimal(0))


def variants(world: World) -> Iterable[Variant]:
    """The numbers of K01."""
    orders = world.sales.fx_missing
    of_orders = holds_one_of(orders)
    of_payments = holds_one_of([*orders, *world.payments.fx_missing])
    refunds = ("refunds",)
    days = world.number("return_window_days")
    yield Variant("net_sales", _net, needs=refunds, fx_missing=of_orders)
    yield Variant("gross_sales", "gross_sales", fx_missing=of_orders)
    yield Variant(
        "net_sales_order_dated",
        "net_sales_order_dated",
        needs=refunds,
        fx_missing=of_orders,
        window_days=days,
    )
    yield Variant("total_sales", _total, needs=refunds, fx_missing=of_orders)
    yield Variant(
        "net_sales_invoiced",
        "net_sales_invoiced",
        needs=("refunds", "orders.invoiced_at"),
        fx_missing=of_orders,
    )
    yield Variant("net_sales_paid", "net_sales_paid", needs=("payments",), fx_missing=of_payments)
    yield Variant("net_sales_refund_date_rate", _at_own_rate, needs=refunds, fx_missing=of_orders)
    yield Variant("gross_margin", _margin, needs=("refunds", COSTS), fx_missing=of_orders)
    yield Variant(
        "gross_margin_rate", _margin, _net, needs=("refunds", COSTS), fx_missing=of_orders
    )
    yield Variant(
        "net_sales_per_order",
        _net,
        "orders_valid",
        n="orders_valid",
        needs=refunds,
        fx_missing=of_orders,
    )
