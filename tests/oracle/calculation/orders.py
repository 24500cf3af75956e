"""Orders that were accepted, and every movement of their money."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from oracle.calculation.entries import Entries
from oracle.calculation.facts import Entry, Order, OrderLine
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.money import ONE, ZERO, minor_unit_digits
from oracle.calculation.movements import Refund, RefundLine
from oracle.calculation.pricing import is_added_later, order_total, price_lines
from oracle.calculation.products import Products
from oracle.calculation.reading import Row

if TYPE_CHECKING:
    from oracle.calculation.world import World

NOT_ORDERS = ("draft", "quote")


class Sales:
    """All orders and what became of them.

    rejected: orders that break a rule across tables, with the reason.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.reading = world.reading
        self.rates = world.rates
        self.products = Products(world)
        self.digits = minor_unit_digits(world.configuration["currency_minor_units"])
        self.rejected: dict[str, str] = {}
        self.orders: dict[str, Order] = {}
        for row in self.reading.all("orders"):
            order = self._order(row)
            if order is not None:
                self.orders[order.order_id] = order
        self._find_first_orders()

    def minor_digits(self, currency: str) -> int:
        """Digits of a currency after the point."""
        return self.digits.get(currency, 2)

    @cached_property
    def _lines(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.reading.live("order_lines"), key=lambda row: row["order_line_id"]):
            found[row["order_id"]].append(row)
        return found

    @cached_property
    def _orders_with_lines(self) -> set[str]:
        """Orders with a line, be it one that was deleted."""
        return {row["order_id"] for row in self.reading.all("order_lines")}

    def _order(self, row: Row) -> Order | None:
        """An order, unless it is below 0 in total or lacks a rate."""
        order_id, currency = row["order_id"], row["currency_code"]
        order_date = self.reading.business_date(row["placed_at"])
        lines = self._lines.get(order_id, [])
        prices = price_lines(row, lines, self.minor_digits(currency))
        account_id = self.world.identity.account_of_order(row)
        reason = self._exclusion(row, account_id)
        tax = sum((price.tax for price in prices.values()), ZERO)
        if order_id not in self._orders_with_lines:
            tax = row["tax_amount"] or ZERO
        rate = self.rates.rate(currency, order_date)
        # Whose account is internal is asked after the rate.
        if rate is None and reason in (None, "internal_account"):
            self.rejected[order_id] = "fx_missing"
            return None
        if order_total(row, lines) < 0 and row["order_type"] == "sale":
            self.rejected[order_id] = "negative_order_total"
            return None
        rate = rate or ONE
        cancelled_at = self._cancelled_at(row, lines)
        invoiced, paid = row["invoiced_at"], row["paid_at"]
        return Order(
            order_id=order_id,
            source_name=row["source_name"],
            account_id=account_id,
            contact_id=row["contact_id"],
            client_id=row["client_id"],
            session_id=row["session_id"],
            email=row["email"],
            placed_at=row["placed_at"],
            order_date=order_date,
            order_type=row["order_type"],
            currency_code=currency,
            rate=rate,
            is_placed=row["order_status"] not in NOT_ORDERS,
            exclusion_reason=reason,
            cancelled_at=cancelled_at,
            cancelled_date=cancelled_at and self.reading.business_date(cancelled_at),
            invoiced_date=invoiced and self.reading.business_date(invoiced),
            paid_date=paid and self.reading.business_date(paid),
            is_valid=reason is None and row["order_type"] == "sale" and cancelled_at is None,
            shipping=row["shipping_amount"],
            tax=tax,
            lines=[
                self._line(row, line, prices[line["order_line_id"]], rate, order_date)
                for line in lines
            ],
            members=self._members(row, account_id, order_date),
        )

    def _exclusion(self, row: Row, account_id: str) -> str | None:
        """Why an order does not count."""
        if row["exclusion_reason"]:
            return row["exclusion_reason"]
        if row["is_test"]:
            return "test_order"
        if self.world.identity.is_internal(account_id, (row["email"],)):
            return "internal_account"
        if row["order_status"] in NOT_ORDERS:
            return "not_placed"
        if row["order_type"] not in ("sale", "credit"):
            return "not_a_sale"
        return None

    def _cancelled_at(self, row: Row, lines: list[Row]):
        """When the whole order was cancelled: as it says, or with its last line."""
        if row["cancelled_at"] is not None:
            return row["cancelled_at"]
        if lines and all(
            line["cancelled_at"] is not None
            and (
                line["cancelled_quantity"] is None
                or line["cancelled_quantity"] >= abs(line["quantity"])
            )
            for line in lines
        ):
            return max(line["cancelled_at"] for line in lines)
        return None

    def _line(self, order: Row, line: Row, price, rate: Decimal, order_date: date) -> OrderLine:
        later = is_added_later(order, line)
        added = self.reading.business_date(line["added_at"]) if later else order_date
        product = self.products.version(line["product_id"], order_date)
        cancelled = line["cancelled_quantity"]
        if line["cancelled_at"] is None:
            cancelled = ZERO
        elif cancelled is None:
            cancelled = abs(line["quantity"])
        return OrderLine(
            order_line_id=line["order_line_id"],
            product_id=line["product_id"],
            added_at=line["added_at"] if later else None,
            added_date=added,
            is_added_later=later,
            quantity=line["quantity"],
            gross=price.gross,
            discount=price.discount,
            tax=price.tax,
            cost=self.products.cost(line, rate, order_date),
            is_gift_card=bool(product and product["is_gift_card"]),
            members={
                "product": line["product_id"] or UNKNOWN,
                "product_category": (product and product["product_category"]) or UNKNOWN,
            },
            cancelled_at=line["cancelled_at"],
            cancelled_quantity=cancelled,
        )

    def _members(self, row: Row, account_id: str, order_date: date) -> dict[str, str]:
        account = self.world.identity.members(account_id, order_date)
        return {
            "sales_channel": row["sales_channel"] or UNKNOWN,
            "country": row["country_code"] or account["country"],
            "sales_rep": row["sales_rep_id"] or account["sales_rep"],
            "segment": account["segment"],
            "industry": account["industry"],
            "account_size_band": account["account_size_band"],
        }

    # First orders

    def _find_first_orders(self) -> None:
        """Say which order made its account a customer, and what the account was at each order."""
        self.first_order: dict[str, Order] = {}
        for order in sorted(self.valid, key=lambda order: (order.placed_at, order.order_id)):
            self.first_order.setdefault(order.account_id, order)
        for order in self.orders.values():
            order.customer_type = self.customer_type(order.account_id, order.order_date)
            order.is_first_of_account = self.first_order.get(order.account_id) is order
            order.members["customer_type"] = order.customer_type

    @cached_property
    def fx_missing(self) -> list[date]:
        """Dates of orders that were rejected for lack of a rate."""
        return [
            self.reading.business_date(row["placed_at"])
            for row in self.reading.all("orders")
            if self.rejected.get(row["order_id"]) == "fx_missing"
        ]

    @cached_property
    def valid(self) -> list[Order]:
        """Valid orders."""
        return [order for order in self.orders.values() if order.is_valid]

    def customer_type(self, account_id: str | None, day: date) -> str:
        """What an account is on a day."""
        if account_id is None:
            return "(no account)"
        first = self.first_order.get(account_id)
        if first is None or day < first.order_date:
            return "prospect"
        return "new" if day == first.order_date else "returning"

    # Movements

    @cached_property
    def refunds(self) -> dict[str, list[Refund]]:
        """Refunds that count, by order."""
        deleted = {
            row["order_line_id"]
            for row in self.reading.all("order_lines")
            if row["exclusion_reason"] is not None
        }
        lines: dict[str, list[RefundLine]] = defaultdict(list)
        rows = sorted(self.reading.live("refund_lines"), key=lambda row: row["refund_line_id"])
        for row in rows:
            lines[row["refund_id"]].append(
                RefundLine(
                    row["order_line_id"],
                    row["amount_excl_tax"],
                    row["quantity"],
                    row["tax_amount"],
                    row["reason"],
                    row["order_line_id"] not in deleted,
                )
            )
        found: dict[str, list[Refund]] = defaultdict(list)
        for row in self.reading.live("refunds"):
            if row["order_id"] in self.orders and row["refund_kind"] != "correction":
                found[row["order_id"]].append(
                    Refund(
                        row["refund_id"],
                        row["refunded_at"],
                        row["refund_kind"],
                        row["amount_excl_tax"],
                        row["tax_amount"],
                        row["shipping_amount"],
                        row["reason"],
                        lines.get(row["refund_id"], []),
                    )
                )
        return found

    @cached_property
    def entries(self) -> list[Entry]:
        """Movements of orders that count."""
        entries = Entries(self.world, self.minor_digits)
        return [
            entry
            for order in self.orders.values()
            if order.counts
            for entry in entries.of(order, self.refunds.get(order.order_id, []))
        ]
