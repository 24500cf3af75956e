"""How orders are paid. Runs after refunds, before the orders are written."""

from __future__ import annotations

from datetime import datetime

from .clock import LAST_MOMENT, clear_of_fx_gap, later, loaded
from .model import Order, World, money
from .randomness import Draws


def add_payments(world: World) -> None:
    """Write `payments` and set `paid_at` on orders that are paid in full."""
    draws = world.draws("payments")
    counts = dict.fromkeys(("failed", "pending", "partial", "returned", "gift_card"), 0)
    for order in world.orders:
        if order.kind != "sale" or order.status in ("draft", "quote") or order.total <= 0:
            continue
        if order.status == "cancelled":
            if order.channel == "marketplace":
                _pay(world, order, order.placed_at, order.total, "card")
                _pay(world, order, order.cancelled_at or order.placed_at, -order.total, "card")
                counts["returned"] += 1
            continue
        _settle(world, draws, order, counts)
    for reason, count in counts.items():
        world.plant(
            "special",
            "payments",
            f"payment_{reason}",
            count,
            f"payments that are {reason.replace('_', ' ')}"
            if reason != "gift_card"
            else "paid with a gift card",
        )
    for number in range(2):
        moment = datetime(2025, 5 + number, 14, 10)
        world.add(
            "payments",
            payment_id=world.next_id("y"),
            paid_at=moment,
            amount=money(31250 + number * 9900),
            currency_code="EUR",
            payment_method="transfer",
            loaded_at=loaded(moment),
        )
    world.plant("special", "payments", "payment_without_order", 2, "no order id", 72400)


def _settle(world: World, draws: Draws, order: Order, counts: dict[str, int]) -> None:
    """Pay one order: at once online, else within terms, rarely in parts or never."""
    if order.company is None or order.channel == "marketplace":
        method = "gift_card" if order.total < 60000 and draws.chance(0.2) else "card"
        counts["gift_card"] += method == "gift_card"
        _pay(world, order, later(order.placed_at, seconds=60), order.total, method)
        order.paid_at = later(order.placed_at, seconds=60)
        return
    if draws.chance(0.012):
        return
    due = later(order.placed_at, days=draws.pick((12, 14, 28, 30, 31, 33, 38, 46)), seconds=7200)
    due = clear_of_fx_gap(due, order.currency)
    if due > LAST_MOMENT:
        if later(order.placed_at, days=24) > LAST_MOMENT or draws.chance(0.5):
            return
        pending = later(LAST_MOMENT, days=-draws.between(0, 3), seconds=-40000)
        _pay(world, order, pending, order.total, "direct_debit", "pending")
        counts["pending"] += 1
        return
    if draws.chance(0.02):
        failed = clear_of_fx_gap(later(due, days=-3), order.currency)
        _pay(world, order, failed, order.total, "direct_debit", "failed")
        counts["failed"] += 1
    if draws.chance(0.025):
        first = order.total // 2
        second = clear_of_fx_gap(later(due, days=9), order.currency)
        _pay(world, order, due, first, "transfer")
        counts["partial"] += 1
        if second <= LAST_MOMENT:
            _pay(world, order, second, order.total - first, "transfer")
            order.paid_at = second
        return
    _pay(world, order, due, order.total, "transfer" if draws.chance(0.8) else "direct_debit")
    order.paid_at = due
    if order.refunded:
        back = clear_of_fx_gap(later(due, days=draws.between(5, 25)), order.currency)
        if back <= LAST_MOMENT:
            _pay(world, order, back, -order.refunded, "transfer")
            counts["returned"] += 1


def _pay(
    world: World, order: Order, moment: datetime, cents: int, method: str, status: str = ""
) -> None:
    """Write one payment in the order's currency; no status is a success, negative is money back."""
    world.add(
        "payments",
        payment_id=world.next_id("y"),
        paid_at=moment,
        amount=money(cents),
        currency_code=order.currency,
        order_id=order.order_id,
        payment_status=status,
        payment_method=method,
        loaded_at=loaded(moment),
    )
