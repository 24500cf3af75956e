"""Money that goes back: refunds of every kind, with and without lines."""

from __future__ import annotations

from datetime import datetime

from .clock import LAST_MOMENT, clear_of_fx_gap, later, loaded
from .model import Line, Order, World, money, rounded
from .order_changes import tenths
from .randomness import Draws

REASONS = (
    ("defective", 24),
    ("wrong_item", 20),
    ("damaged_in_transit", 18),
    ("changed_mind", 16),
    ("price_match", 8),
    ("late_delivery", 8),
    ("over_ordered", 6),
)


def net_amount(order: Order, line: Line) -> int:
    """Return the line's value in cents without tax, after its own discount."""
    if not order.includes_tax:
        return line.amount
    return line.amount - line.tax if line.tax is not None else rounded(line.amount * 100, 119)


def add_refunds(world: World) -> None:
    """Write `refunds` and `refund_lines`; mark the orders they belong to."""
    draws = world.draws("refunds")
    plain = [
        order
        for order in world.orders
        if order.is_plain_sale
        and (order.company or order.includes_tax)
        and later(order.placed_at, days=3) < LAST_MOMENT
    ]
    pool = draws.shuffled(plain)
    made = {"refund_with_lines": 0, "refund_without_lines": 0}
    for kind, count in (
        ("return", 138),
        ("price_adjustment", 24),
        ("goodwill", 18),
        ("chargeback", 10),
        ("correction", 9),
    ):
        for number in range(count):
            order = pool.pop()
            with_lines = kind == "return" and number % 5 != 0
            made["refund_with_lines" if with_lines else "refund_without_lines"] += 1
            _refund(world, draws, order, kind, with_lines)
        world.plant("special", "refunds", f"refund_{kind}", count, f"refunds of kind {kind}")
    for reason, count in made.items():
        world.plant("special", "refunds", reason, count, "returns and price corrections")
    _special_refunds(
        world,
        draws,
        [
            order
            for order in pool
            if not order.includes_tax and not order.discount and not order.shipping
        ],
    )


def _moment(draws: Draws, order: Order) -> datetime | None:
    """Return when the refund is made; None if that would be after the data's end."""
    days = draws.weighted(
        ((draws.between(2, 14), 55), (draws.between(15, 45), 35), (draws.between(46, 110), 10))
    )
    moment = clear_of_fx_gap(later(order.placed_at, days=days, seconds=3600), order.currency)
    return moment if moment <= LAST_MOMENT else later(order.placed_at, days=2)


def _refund(world: World, draws: Draws, order: Order, kind: str, with_lines: bool) -> None:
    """Write one refund: some lines of the order, or an amount for the order as a whole."""
    order.mark = "refunded"
    refund_id = world.next_id("R")
    moment = _moment(draws, order)
    taxed = order.country == "DE"
    goods = sum(net_amount(order, line) for line in order.lines) - order.discount
    total = 0
    if with_lines:
        for line in order.lines[: draws.between(1, 2)]:
            back = line.tenths if draws.chance(0.4) else max(10, line.tenths // 20 * 10)
            amount = rounded(
                net_amount(order, line) * back * goods, line.tenths * (goods + order.discount)
            )
            total += amount
            _line(world, refund_id, line, amount, back, taxed, moment)
    else:
        total = rounded(goods * draws.between(4, 30 if kind == "return" else 12), 100)
    order.refunded = total + (rounded(total * 19, 100) if taxed else 0)
    world.add(
        "refunds",
        refund_id=refund_id,
        order_id=order.order_id,
        refunded_at=moment,
        refund_kind=None if kind == "return" and not with_lines else kind,
        amount_excl_tax=None if with_lines else money(total),
        tax_amount=money(rounded(total * 19, 100)) if taxed else None,
        reason=draws.weighted(REASONS) if kind in ("return", "chargeback") else None,
        loaded_at=loaded(moment) if moment else None,
    )


def _line(
    world: World,
    refund_id: str,
    line: Line | None,
    amount: int,
    back: int,
    taxed: bool,
    moment: datetime | None,
    reason: str | None = None,
) -> None:
    """Write one row of `refund_lines`; `amount` in cents, `back` in tenths of a unit."""
    world.add(
        "refund_lines",
        refund_line_id=world.next_id("RL"),
        refund_id=refund_id,
        amount_excl_tax=money(amount),
        order_line_id=line.line_id if line else None,
        quantity=tenths(back) if back else None,
        tax_amount=money(rounded(amount * 19, 100)) if taxed else None,
        reason=reason,
        loaded_at=loaded(moment) if moment else None,
    )


def _special_refunds(world: World, draws: Draws, pool: list[Order]) -> None:
    """Plant full refunds, one above the order's value, and refunds without an order line."""
    first = [
        order
        for order in pool
        if order.company
        and order is order.company.first_sale
        and order.company.kind == "new"
        and len(order.company.orders) == 1
    ]
    others = [order for order in pool if order not in first]
    full = (first + others)[:6]
    for order in full:
        _whole(world, draws, order, extra=0)
    world.plant(
        "special",
        "refunds",
        "full_refund",
        len(full),
        f"orders refunded to the cent, {min(len(first), 6)} of them the only order of "
        "their account",
        sum(order.goods for order in full),
    )
    over = others[10]
    _whole(world, draws, over, extra=5000)
    world.plant(
        "special",
        "refunds",
        "over_refund",
        1,
        f"{over.order_id} is refunded 50.00 above its value",
        over.goods + 5000,
    )
    for order in others[11:15]:
        order.mark = "refunded"
        refund_id, moment = world.next_id("R"), _moment(draws, order)
        _line(world, refund_id, None, rounded(order.goods, 8), 0, False, moment, "price_match")
        world.add(
            "refunds",
            refund_id=refund_id,
            order_id=order.order_id,
            refunded_at=moment,
            refund_kind="price_adjustment",
            reason="other",
            loaded_at=loaded(moment) if moment else None,
        )
    world.plant(
        "special",
        "refund_lines",
        "no_order_line",
        4,
        "refund lines without an order line: spread over the order",
    )
    for order in others[15:18]:
        order.mark = "refunded"
        moment = _moment(draws, order)
        world.add(
            "refunds",
            refund_id=world.next_id("R"),
            order_id=order.order_id,
            refunded_at=moment,
            refund_kind="goodwill",
            amount_excl_tax=money(0),
            shipping_amount=money(1200),
            reason="late_delivery",
            loaded_at=loaded(moment) if moment else None,
        )
    world.plant("special", "refunds", "shipping_refund", 3, "only shipping is given back", 3600)


def _whole(world: World, draws: Draws, order: Order, extra: int) -> None:
    """Refund all lines of the order, and `extra` cents on top of the first."""
    order.mark = "fully_refunded"
    order.refunded = order.total + extra
    refund_id, moment = world.next_id("R"), _moment(draws, order)
    taxed = order.country == "DE"
    for number, line in enumerate(order.lines):
        amount = line.amount + (extra if number == 0 else 0)
        _line(world, refund_id, line, amount, line.tenths, taxed, moment)
    world.add(
        "refunds",
        refund_id=refund_id,
        order_id=order.order_id,
        refunded_at=moment,
        refund_kind="return",
        tax_amount=money(order.tax) if order.tax else None,
        reason="defective",
        loaded_at=loaded(moment) if moment else None,
    )
