"""What happens to orders after they were placed: cancellations, added lines; writes the orders."""

from __future__ import annotations

from datetime import date, datetime, time

from .catalogue import BY_THE_METRE, price
from .clock import LAST_MOMENT, clear_of_fx_gap, later, loaded
from .model import Line, Order, Row, World, money, rounded
from .orders import set_tax
from .randomness import Draws


def change_orders(world: World) -> None:
    """Plant whole and partial cancellations, later lines, fractions and rate questions."""
    draws = world.draws("order changes")
    plain = [order for order in world.orders if order.is_plain_sale and order.company]
    settled = [order for order in plain if later(order.placed_at, days=40) < LAST_MOMENT]
    firsts = [order for order in settled if order.company and order is order.company.first_sale]
    pool = draws.shuffled([order for order in settled if order not in firsts])
    repeated = [order for order in firsts if order.company and len(order.company.orders) > 3]
    _cancel_orders(world, draws, [*draws.sample(repeated, 3), *(pool.pop() for _ in range(44))])
    several = [order for order in pool if len(order.lines) > 1]
    _cancel_lines(world, draws, several[:64])
    _add_lines(world, draws, several[64:96])
    _sell_by_the_half_metre(world, several[96:])
    _place_in_the_fx_gap(world, plain)
    for order in several[-2:]:
        order.mark = "control_total"
    world.plant(
        "special",
        "orders",
        "control_total_difference",
        2,
        "total_amount is 10.00 above lines - discounts + shipping + tax",
        2000,
    )


def _cancel_orders(world: World, draws: Draws, orders: list[Order]) -> None:
    """Cancel whole orders; most at once, some in the next month."""
    for order in orders:
        moment = later(order.placed_at, days=draws.pick((0, 1, 1, 2, 4, 9, 24)), seconds=5400)
        order.cancelled_at = clear_of_fx_gap(moment, order.currency)
        order.status = order.mark = "cancelled"
    world.plant(
        "special",
        "orders",
        "cancelled_order",
        len(orders),
        "cancelled as a whole",
        sum(order.total for order in orders),
    )


def _cancel_lines(world: World, draws: Draws, orders: list[Order]) -> None:
    """Cancel one line of each order, in every third order only a part of its quantity."""
    partial = 0
    for number, order in enumerate(orders):
        line = next((line for line in order.lines if line.tenths >= 20), order.lines[0])
        moment = later(order.placed_at, days=draws.between(1, 20))
        line.cancelled_at = clear_of_fx_gap(moment, order.currency)
        if number % 3 == 0 and line.tenths >= 20:
            line.cancelled_tenths = max(10, line.tenths // 30 * 10)
            partial += 1
        order.mark = "cancelled_line"
    world.plant(
        "special",
        "order_lines",
        "cancelled_line",
        len(orders) - partial,
        "lines cancelled as a whole",
    )
    world.plant("special", "order_lines", "cancelled_quantity", partial, "lines cancelled in part")


def _add_lines(world: World, draws: Draws, orders: list[Order]) -> None:
    """Add a line some days after the order was placed; the order's total includes it."""
    offered = [(product, product.weight) for product in world.products]
    for order in orders:
        product = draws.weighted(offered)
        moment = clear_of_fx_gap(later(order.placed_at, days=draws.between(1, 16)), order.currency)
        cents = price(product, moment.date(), order.currency)
        by_line = any(line.tax is not None for line in order.lines)
        order.lines.append(
            Line(
                product,
                product.quantities[0] * 10,
                cents,
                added_at=moment,
                line_id=world.next_id("l"),
            )
        )
        set_tax(order, by_line)
        order.mark = "added_line"
    world.plant("special", "order_lines", "added_line", len(orders), "lines added after placing")


def _sell_by_the_half_metre(world: World, orders: list[Order]) -> None:
    """Give some cable lines a fractional quantity."""
    made = 0
    for order in orders:
        by_line = any(line.tax is not None for line in order.lines)
        for line in order.lines:
            if line.product.name == BY_THE_METRE and made < 12 and not line.discount:
                line.tenths += 5
                made += 1
                set_tax(order, by_line)
    world.plant("special", "order_lines", "fractional_quantity", made, "half metres of cable")


def _place_in_the_fx_gap(world: World, plain: list[Order]) -> None:
    """Move one GBP order to a day without a usable rate and one to the last day with one."""
    day = date(2025, 3, 20)
    british = [
        order
        for order in plain
        if order.is_plain_sale
        and order.currency == "GBP"
        and order.company
        and order is not order.company.first_sale
    ]
    around = sorted(british, key=lambda order: abs((order.placed_at.date() - day).days))
    missing, carried = around[:2]
    missing.placed_at = datetime.combine(day, time(10, 15))
    missing.mark = "fx_missing"
    carried.placed_at = datetime.combine(date(2025, 3, 17), time(11, 40))
    carried.mark = "fx_carried"
    world.plant(
        "rejected",
        "orders",
        "fx_missing",
        1,
        f"{missing.order_id}, in GBP: the last rate is ten days old",
        missing.total,
    )
    world.plant(
        "rejected",
        "order_lines",
        "order_rejected",
        len(missing.lines),
        f"the lines of {missing.order_id}",
        missing.goods,
    )
    world.plant(
        "special",
        "orders",
        "fx_carried_7_days",
        1,
        f"{carried.order_id}, in GBP: the last rate is exactly seven days old",
    )


def write_orders(world: World) -> None:
    """Write `orders` and `order_lines`."""
    draws = world.draws("write orders")
    for order in world.orders:
        world.add("orders", **order_row(order))
        for line in order.lines:
            if order.currency == "EUR" and line.product.weight and draws.chance(0.1):
                line.unit_cost = rounded(line.product.cost * draws.between(98, 108), 100)
            world.add("order_lines", **line_row(order, line))


def order_row(order: Order) -> Row:
    """Return the order as a row of `orders`."""
    by_line_only = order.tax is None
    invoiced = later(order.placed_at, days=1 + len(order.lines) % 3)
    is_billed = order.status == "placed" and order.kind == "sale" and not order.extra.get("is_test")
    off = 1000 if order.mark == "control_total" else 0
    return {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "currency_code": order.currency,
        "company_id": order.company.company_id if order.company else None,
        "contact_id": order.contact.contact_id if order.contact else None,
        "email": order.email,
        "order_type": order.kind,
        "order_status": order.status,
        "cancelled_at": order.cancelled_at,
        "invoiced_at": invoiced if is_billed and invoiced <= LAST_MOMENT else None,
        "paid_at": order.paid_at,
        "order_discount_amount": money(order.discount or None),
        "shipping_amount": money(order.shipping or None),
        "tax_amount": None if by_line_only else money(order.tax),
        "prices_include_tax": True if order.includes_tax else None,
        "total_amount": money(order.total + off),
        "sales_channel": order.channel,
        "sales_rep_id": order.company.rep_id if order.company and order.channel == "rep" else None,
        "country_code": order.country,
        "session_id": order.session_id,
        "client_id": order.client_id,
        "source_updated_at": order.cancelled_at,
        "loaded_at": loaded(order.placed_at),
        **order.extra,
    }


def line_row(order: Order, line: Line) -> Row:
    """Return the line as a row of `order_lines`."""
    return {
        "order_line_id": line.line_id,
        "order_id": order.order_id,
        "quantity": tenths(line.tenths),
        "unit_price": money(line.unit_price),
        "product_id": line.product.product_id,
        "line_discount_amount": money(line.discount or None),
        "tax_amount": money(line.tax),
        "tax_rate": line.tax_rate,
        "unit_cost": money(line.unit_cost),
        "added_at": line.added_at,
        "cancelled_at": line.cancelled_at,
        "cancelled_quantity": None
        if line.cancelled_tenths is None
        else tenths(line.cancelled_tenths),
        "loaded_at": loaded(line.added_at or order.placed_at),
    }


def tenths(quantity: int) -> str:
    """Return tenths of a unit as text: 120 is '12', 125 is '12.5'."""
    whole, rest = divmod(abs(quantity), 10)
    sign = "-" if quantity < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest}"
