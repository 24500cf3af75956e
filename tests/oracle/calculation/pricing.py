"""What a line is worth: without tax, after its discount and its share of the order's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from oracle.calculation.money import ONE, ZERO, allocate, money
from oracle.calculation.reading import Row


@dataclass
class Price:
    """Amounts of a line in the order's currency."""

    gross: Decimal
    discount: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        """After discounts."""
        return self.gross - self.discount


def price_lines(order: Row, lines: list[Row], digits: int) -> dict[str, Price]:
    """Prices of the lines of an order, by line."""
    gross = {line["order_line_id"]: money(line["quantity"] * line["unit_price"]) for line in lines}
    placed = [line["order_line_id"] for line in lines if not is_added_later(order, line)]
    bearing = [(name, gross[name]) for name in placed or gross]
    shares = allocate(order["order_discount_amount"], bearing, digits)
    order_tax = _order_tax(order, lines, gross, shares, digits)
    return {
        line["order_line_id"]: _price(
            line,
            gross[line["order_line_id"]],
            line["line_discount_amount"] + shares.get(line["order_line_id"], ZERO),
            order_tax.get(line["order_line_id"]),
            order["prices_include_tax"],
        )
        for line in lines
    }


def is_added_later(order: Row, line: Row) -> bool:
    """Whether a line came after the order was placed."""
    return line["added_at"] is not None and line["added_at"] > order["placed_at"]


def order_total(order: Row, lines: list[Row]) -> Decimal:
    """What the order comes to with shipping and tax, by the amounts that are delivered."""
    goods = sum(
        (line["quantity"] * line["unit_price"] - line["line_discount_amount"] for line in lines),
        ZERO,
    )
    taxes = [line["tax_amount"] for line in lines if line["tax_amount"] is not None]
    added = sum(taxes, ZERO) if taxes else order["tax_amount"] or ZERO
    if order["prices_include_tax"]:
        added = ZERO
    return goods - order["order_discount_amount"] + order["shipping_amount"] + added


def _order_tax(
    order: Row, lines: list[Row], gross: dict[str, Decimal], shares: dict[str, Decimal], digits: int
) -> dict[str, Decimal]:
    """The order's own tax by line; it counts only if no line has tax."""
    if order["tax_amount"] is None or any(
        line["tax_amount"] is not None or line["tax_rate"] is not None for line in lines
    ):
        return {}
    values = [
        (
            line["order_line_id"],
            gross[line["order_line_id"]]
            - line["line_discount_amount"]
            - shares.get(line["order_line_id"], ZERO),
        )
        for line in lines
    ]
    return allocate(order["tax_amount"], values, digits)


def _price(
    line: Row, gross: Decimal, discount: Decimal, order_tax: Decimal | None, includes_tax: bool
) -> Price:
    """Take the tax out of gross and discount where prices hold it."""
    rate = line["tax_rate"] or ZERO
    tax = line["tax_amount"] if line["tax_amount"] is not None else order_tax
    paid = gross - discount
    if not includes_tax:
        return Price(gross, discount, money(paid * rate) if tax is None else tax)
    if tax is None:
        net, net_gross = money(paid / (ONE + rate)), money(gross / (ONE + rate))
    else:
        net = paid - tax
        net_gross = money(gross * net / paid) if paid else net + discount
    return Price(net_gross, net_gross - net, paid - net)
