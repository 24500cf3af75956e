"""K02: what an order is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.calendar import GRAINS
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.entries import placed_tax
from oracle.calculation.facts import Order
from oracle.calculation.kpis.order_members import (
    CREDITED,
    credited_members,
    holds_one_of,
    own_members,
)
from oracle.calculation.money import ZERO, money
from oracle.calculation.rollup import Sums
from oracle.calculation.statistics import Interval, delta, quantile
from oracle.calculation.statuses import TOTAL, Parts, Table, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World


@dataclass(frozen=True)
class Worth:
    """A valid order as placed, in the reporting currency."""

    order: Order
    gross: Decimal
    value: Decimal
    returns: Decimal
    charges: Decimal
    products: frozenset[str]


def worths(world: World) -> list[Worth]:
    """What each valid order is worth."""
    returns: dict[str, Decimal] = defaultdict(Decimal)
    for entry in world.sales.entries:
        if entry.kind == "return" and not (entry.line and entry.line.is_added_later):
            returns[entry.order.order_id] += entry.amount
    return [_worth(order, returns[order.order_id]) for order in world.sales.valid]


def _worth(order: Order, returns: Decimal) -> Worth:
    lines = [line for line in order.lines if not line.is_added_later and not line.is_gift_card]
    return Worth(
        order=order,
        gross=sum((money(line.gross * order.rate) for line in lines), ZERO),
        value=sum((money(line.net * order.rate) for line in lines), ZERO),
        returns=returns,
        charges=money(placed_tax(order) * order.rate) + money(order.shipping * order.rate),
        products=frozenset(line.members["product"] for line in lines) or frozenset(["(unknown)"]),
    )


def aov_cells(world: World) -> Iterable[tuple[CellKey, Cell]]:
    """All cells of K02."""
    needs = {"order_returns": ("refunds",)}
    table = aov_table(world)
    return world.maker.make_cells("aov", list(variants(world)), table, GRAINS, needs)


def aov_table(world: World) -> Table:
    """Parts by period, dimension and member, with the values and accounts behind them."""
    sums = Sums(world.calendar)
    behind: Table = {}
    for worth in worths(world):
        order = worth.order
        products = [("product_in_order", product) for product in worth.products]
        whole = [(spot, Decimal(1)) for spot in [TOTAL, *own_members(world, order), *products]]
        shared: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for spot, share in credited_members(world, order):
            shared[spot] += share
        for spot, share in [*whole, *shared.items()]:
            measures = {
                "orders_valid": share,
                "orders_with_value": share if worth.value else ZERO,
                "order_value": worth.value * share,
                "gross_value": worth.gross * share,
                "order_returns": worth.returns * share,
                "tax_and_shipping": worth.charges * share,
            }
            sums.add(order.order_date, measures, [spot], with_total=False)
            for periods in world.calendar.by_grain(order.order_date).values():
                for period in periods:
                    parts = behind.setdefault((period, *spot), {"values": [], "accounts": {}})
                    parts["values"].append(worth.value)
                    pair = parts["accounts"].setdefault(order.account_id, [ZERO, ZERO])
                    pair[0] += worth.value * share
                    pair[1] += share
    table = sums.table(GRAINS)
    for spot, parts in table.items():
        for name in parts:
            parts[name] = money(parts[name])
        parts.update(behind[spot])
        if spot[1] in CREDITED:
            parts["values"] = []
    return table


def _interval(parts: Parts) -> Interval:
    totals = parts["order_value"], parts["orders_valid"]
    return delta(parts["accounts"].values(), totals)


def variants(world: World) -> Iterable[Variant]:
    """The numbers of K02."""
    missing = holds_one_of(world.sales.fx_missing)

    def ratio(name: str, numerator, denominator: str = "orders_valid", **more) -> Variant:
        return Variant(name, numerator, denominator, n=denominator, fx_missing=missing, **more)

    def statistic(name: str, share: float) -> Variant:
        return Variant(
            name,
            n="orders_valid",
            statistic=lambda parts: quantile(parts["values"], share),
            fx_missing=missing,
        )

    yield ratio("aov", "order_value", interval=_interval)
    yield ratio("aov_gross", "gross_value")
    yield ratio(
        "aov_net_of_returns",
        lambda parts: parts.get("order_value", ZERO) - parts.get("order_returns", ZERO),
        needs=("refunds",),
        window_days=world.number("return_window_days"),
    )
    yield ratio(
        "aov_incl_tax_shipping",
        lambda parts: parts.get("order_value", ZERO) + parts.get("tax_and_shipping", ZERO),
    )
    yield statistic("aov_median", 0.5)
    yield statistic("aov_p90", 0.9)
    yield ratio("aov_excl_zero_value", "order_value", "orders_with_value")
