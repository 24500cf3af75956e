"""What happens to an order after it was placed: goods, tax and shipping go back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from oracle.calculation.facts import Order, OrderLine
from oracle.calculation.money import ZERO, allocate, money


@dataclass
class Refund:
    """One refund of an order, in its currency."""

    refund_id: str
    refunded_at: datetime
    kind: str
    goods: Decimal | None  # without lines
    tax: Decimal
    shipping: Decimal
    reason: str | None
    lines: list[RefundLine] = field(default_factory=list)


@dataclass
class RefundLine:
    """One line of a refund."""

    order_line_id: str | None
    amount: Decimal
    quantity: Decimal
    tax: Decimal | None
    reason: str | None
    counts: bool = True  # not so if it names a line that was deleted


@dataclass
class Movement:
    """Money that moves back, in the order's currency; positive."""

    kind: str  # return, cancellation; refund_charges, cancellation_charges
    moment: datetime
    line: OrderLine | None
    goods: Decimal = ZERO
    tax: Decimal = ZERO
    shipping: Decimal = ZERO
    quantity: Decimal = ZERO
    costed: Decimal = ZERO  # units of it that still stood, whose cost goes back too
    refund: Refund | None = None
    reason: str | None = None


class Standing:
    """What of an order still stands while its story is told."""

    def __init__(self, order: Order, digits: int) -> None:
        self.order = order
        self.digits = digits
        self.lines = {line.order_line_id: line for line in order.lines}
        self.net = {name: line.net for name, line in self.lines.items()}
        self.tax = {name: line.tax for name, line in self.lines.items()}
        self.units = {name: line.quantity for name, line in self.lines.items()}
        self.cancelled = dict.fromkeys(self.lines, ZERO)  # value before discount
        self.shipping = order.shipping
        # Tax is charged by the order: a gift card has none that counts.
        self.charged_tax = order.tax - sum(
            (line.tax for line in order.lines if line.is_gift_card), ZERO
        )
        self.order_tax = self.charged_tax
        self.movements: list[Movement] = []

    def tell(self, refunds: list[Refund]) -> list[Movement]:
        """All movements in their order."""
        story = [(refund.refunded_at, 0, refund.refund_id, refund) for refund in refunds]
        story += [
            (line.cancelled_at, 1, line.order_line_id, line)
            for line in self.order.lines
            if line.cancelled_at is not None
        ]
        if self.order.cancelled_at is not None:
            story.append((self.order.cancelled_at, 2, "", self.order))
        for moment, _, _, what in sorted(story, key=lambda event: event[:3]):
            if isinstance(what, Refund):
                self._refund(what)
            elif isinstance(what, OrderLine):
                self._cancel_line(what, moment)
            else:
                self._cancel_order(moment)
        return self.movements

    def _cancel_line(self, line: OrderLine, moment: datetime) -> None:
        part = line.cancelled_quantity / abs(line.quantity) if line.quantity else Decimal(1)
        tax = self._cancel(
            line, moment, money(line.net * part), money(line.tax * part), line.quantity * part
        )
        self.order_tax -= tax
        if tax:
            self.movements.append(Movement("cancellation_charges", moment, None, tax=tax))

    def _cancel(
        self, line: OrderLine, moment: datetime, goods: Decimal, tax: Decimal, units: Decimal
    ) -> Decimal:
        """Reverse what still stands, at most that much; return the tax that goes with it."""
        name = line.order_line_id
        goods = _at_most(goods, self.net[name])
        tax = _at_most(tax, self.tax[name])
        units = _at_most(units, self.units[name])
        self.net[name] -= goods
        self.tax[name] -= tax
        if line.quantity:
            self.cancelled[name] += line.gross * units / line.quantity
        self.units[name] -= units
        self.movements.append(
            Movement("cancellation", moment, line, goods=goods, quantity=units, costed=units)
        )
        return ZERO if line.is_gift_card else tax

    def _cancel_order(self, moment: datetime) -> None:
        """Reverse the rest; goods that came later, when they came."""
        for line in self.lines.values():
            at = max(moment, line.added_at or moment)
            self._cancel(line, at, line.net, line.tax, line.quantity)
        tax = _at_most(self.charged_tax, self.order_tax)
        shipping = _at_most(self.order.shipping, self.shipping)
        self.shipping -= shipping
        self.order_tax -= tax
        if shipping or tax:
            charges = Movement("cancellation_charges", moment, None, tax=tax, shipping=shipping)
            self.movements.append(charges)

    def _refund(self, refund: Refund) -> None:
        weights = self._weights(refund.refunded_at)
        goods: dict[str, Decimal] = {}
        for row in refund.lines:
            if not row.counts:
                continue
            goods = self._give_back(refund, row, weights, goods)
        if not refund.lines and refund.goods:
            spread = RefundLine(None, refund.goods, ZERO, None, None)
            goods = self._give_back(refund, spread, weights, goods)
        self._give_tax_back(refund, goods)
        self.shipping -= refund.shipping
        tax = refund.tax
        if any(row.tax is not None for row in refund.lines):
            tax = sum((row.tax or ZERO for row in refund.lines), ZERO)
        self.order_tax -= tax
        if tax or refund.shipping:
            self.movements.append(
                Movement(
                    "refund_charges",
                    refund.refunded_at,
                    None,
                    tax=tax,
                    shipping=refund.shipping,
                    refund=refund,
                )
            )

    def _weights(self, moment: datetime) -> list[tuple[str, Decimal]]:
        """What spreads a refund that names no line: value before discount that still stands."""
        there = {
            name: line
            for name, line in self.lines.items()
            if line.added_at is None or line.added_at <= moment
        }
        standing = [(name, line.gross - self.cancelled[name]) for name, line in there.items()]
        if any(amount > 0 for _, amount in standing):
            return standing
        return [(name, line.gross) for name, line in there.items()]

    def _give_back(
        self,
        refund: Refund,
        row: RefundLine,
        weights: list[tuple[str, Decimal]],
        goods: dict[str, Decimal],
    ) -> dict[str, Decimal]:
        line = self.lines.get(row.order_line_id or "")
        units: dict[str, Decimal] = {}
        if line is not None:
            shares = {line.order_line_id: row.amount}
            units = {line.order_line_id: row.quantity}
        elif row.order_line_id is None:
            shares = allocate(row.amount, weights, self.digits)
            dearest = min(shares, key=lambda name: (-shares[name], name), default="")
            units = dict.fromkeys(shares, ZERO) | {dearest: row.quantity}
        else:
            shares = {}
        rest = row.amount - sum(shares.values(), ZERO)
        for name, amount in shares.items():
            quantity = units[name]
            if not amount and not quantity:
                continue
            costed = _at_most(quantity, self.units[name])
            self.net[name] -= amount
            self.units[name] -= quantity
            goods[name] = goods.get(name, ZERO) + amount
            self.movements.append(
                Movement(
                    "return",
                    refund.refunded_at,
                    self.lines[name],
                    goods=amount,
                    quantity=quantity,
                    costed=costed,
                    refund=refund,
                    reason=row.reason or refund.reason,
                )
            )
        if rest:
            self.movements.append(
                Movement(
                    "return",
                    refund.refunded_at,
                    None,
                    goods=rest,
                    quantity=row.quantity,
                    refund=refund,
                    reason=row.reason or refund.reason,
                )
            )
        return goods

    def _give_tax_back(self, refund: Refund, goods: dict[str, Decimal]) -> None:
        """Take the refund's tax off the lines to which it belongs."""
        named = {row.order_line_id: row.tax for row in refund.lines if row.tax is not None}
        if named:
            for row in refund.lines:
                if row.tax and row.order_line_id in self.tax:
                    self.tax[row.order_line_id] -= row.tax
            return
        weights = list(goods.items()) if any(goods.values()) else list(self.tax.items())
        for name, tax in allocate(refund.tax, weights, self.digits).items():
            self.tax[name] -= tax


def _at_most(amount: Decimal, standing: Decimal) -> Decimal:
    """An amount, but no more than still stands, with the sign of the amount."""
    if amount >= 0:
        return min(amount, max(standing, ZERO))
    return max(amount, min(standing, ZERO))
