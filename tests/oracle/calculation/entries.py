"""The money of an order at the dates on which it moves, in the reporting currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.facts import Entry, Order, OrderLine
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.money import ZERO, money
from oracle.calculation.movements import Movement, Refund, Standing

if TYPE_CHECKING:
    from oracle.calculation.world import World

NET_SIGN = {"gross": 1, "discount": -1, "return": -1, "cancellation": -1}


def placed_tax(order: Order) -> Decimal:
    """Tax of the lines placed with an order, or its own if it has no lines at all."""
    others = (line.tax for line in order.lines if line.is_added_later or line.is_gift_card)
    return order.tax - sum(others, ZERO)


class Entries:
    """What makes the entries of an order."""

    def __init__(self, world: World, minor_digits: Callable[[str], int]) -> None:
        self.reading = world.reading
        self.rates = world.rates
        self.configuration = world.configuration
        self.minor_digits = minor_digits

    def of(self, order: Order, refunds: list[Refund]) -> Iterator[Entry]:
        """What was placed or added, and what went back."""
        for line in order.lines:
            day = line.added_date
            if not line.is_gift_card:
                gross = money(line.gross * order.rate)
                net = money(line.net * order.rate)
                yield self._entry(order, line, "gross", day, gross, line.quantity)
                yield self._entry(order, line, "discount", day, gross - net)
                yield self._entry(order, line, "cost", day, line.cost or ZERO)
        standing = Standing(order, self.minor_digits(order.currency_code))
        back: dict[str, Decimal] = defaultdict(Decimal)  # goods of each line so far
        for movement in standing.tell(refunds):
            yield from self._given_back(order, movement, back)
        yield from self._charges(order, standing.movements)

    def _charges(self, order: Order, movements: list[Movement]) -> Iterator[Entry]:
        """Shipping and tax as they come and go, converted so that all of it comes to nothing."""
        story = [(order.placed_at, placed_tax(order), order.shipping)]
        story += [
            (line.added_at, line.tax, ZERO)
            for line in order.lines
            if line.is_added_later and not line.is_gift_card
        ]
        story += [(one.moment, -one.tax, -one.shipping) for one in movements]
        so_far = {"tax": ZERO, "shipping": ZERO}
        for moment, *amounts in sorted(story, key=lambda one: one[0]):
            for (kind, before), amount in zip(so_far.items(), amounts, strict=True):
                so_far[kind] = after = before + amount
                converted = money(after * order.rate) - money(before * order.rate)
                if converted:
                    day = self.reading.business_date(moment)
                    yield self._entry(order, None, kind, day, converted)

    def _given_back(
        self, order: Order, movement: Movement, back: dict[str, Decimal]
    ) -> Iterator[Entry]:
        """What goes back, converted so that all of a line comes to what the line was."""
        day = self.reading.business_date(movement.moment)
        line, refund = movement.line, movement.refund
        if movement.kind.endswith("_charges") or (line is not None and line.is_gift_card):
            return
        name = line.order_line_id if line is not None else ""
        before = back[name]
        back[name] += movement.goods
        amount = money(back[name] * order.rate) - money(before * order.rate)
        entry = self._entry(order, line, movement.kind, day, amount, movement.quantity)
        if refund is not None:
            entry.refund_id = refund.refund_id
            entry.reason_group = self._reason_group(movement.reason)
            entry.is_goods_return = refund.kind == "return" or movement.quantity > 0
        yield entry
        own_rate = self.rates.rate(order.currency_code, day)
        if own_rate is not None and own_rate != order.rate:
            other = money(movement.goods * own_rate)
            yield self._entry(order, line, "fx", day, amount - other)
        if line is not None and line.cost and line.quantity:
            cost = money(line.cost * movement.costed / line.quantity)
            yield self._entry(order, line, "cost", day, -cost)

    def _entry(
        self,
        order: Order,
        line: OrderLine | None,
        kind: str,
        day: date,
        amount: Decimal,
        quantity: Decimal = ZERO,
    ) -> Entry:
        invoiced = order.invoiced_date
        unknown = {"product": UNKNOWN, "product_category": UNKNOWN}
        return Entry(
            order=order,
            line=line,
            kind=kind,
            entry_date=day,
            amount=amount,
            quantity=quantity,
            members=line.members if line is not None else unknown,
            invoiced_date=max(day, invoiced) if invoiced else None,
        )

    def _reason_group(self, reason: str | None) -> str:
        for row in self.configuration["return_reason_groups"]:
            if reason is not None and row["reason"] == reason.lower():
                return row["reason_group"]
        return UNKNOWN
