"""Payments of orders, without the tax and shipping in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.facts import Order
from oracle.calculation.money import ZERO, money

if TYPE_CHECKING:
    from oracle.calculation.world import World


@dataclass(frozen=True)
class Payment:
    """One succeeded payment of an order that counts, in the reporting currency."""

    payment_id: str
    order: Order
    paid_at: datetime
    paid_date: date
    amount: Decimal
    goods: Decimal  # less tax and shipping in the order's proportion


@dataclass
class Payments:
    """Payments, and the dates of those that lack a rate."""

    payments: list[Payment]
    fx_missing: list[date]


def all_payments(world: World) -> Payments:
    """Succeeded payments."""
    found = Payments([], [])
    for row in world.reading.live("payments"):
        if row["payment_status"] != "succeeded":
            continue
        day = world.reading.business_date(row["paid_at"])
        order = world.sales.orders.get(row["order_id"] or "")
        amount = world.rates.convert(row["amount"], row["currency_code"], day)
        if amount is None:
            found.fx_missing.append(day)
        elif order is not None and order.counts:
            goods = money(amount * goods_share(order))
            found.payments.append(
                Payment(row["payment_id"], order, row["paid_at"], day, amount, goods)
            )
    return found


def goods_share(order: Order) -> Decimal:
    """Which part of an order is goods, not tax or shipping."""
    goods = sum((line.net for line in order.lines if not line.is_gift_card), ZERO)
    whole = sum((line.net for line in order.lines), ZERO) + order.tax + order.shipping
    return goods / whole if whole else ZERO
