"""Orders, lines, payments, refunds, products and their costs."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice
from oracle.businesses.people import domains

CURRENCIES = ["EUR", "USD", "JPY"]
PRODUCTS = ["a", "b", "c", "gift", "missing"]


def products(dice: Dice) -> list[dict]:
    """A few products, one a gift card, one with two versions."""
    changed = dice.moment()
    return [
        {"product_id": "a", "product_category": "tools", "valid_to": changed},
        {"product_id": "a", "product_category": "parts", "valid_from": changed},
        {"product_id": "b", "product_name": "B", "product_category": "tools"},
        {"product_id": "c"},
        {"product_id": "gift", "product_category": "cards", "is_gift_card": True},
    ]


def product_costs(dice: Dice) -> list[dict]:
    """Costs of some products, changing once."""
    changed = dice.day()
    start = dice.traits.start - timedelta(days=30)
    cost = {"currency_code": "EUR"}
    return [
        {"product_id": "a", "valid_from": start, "valid_to": changed, "unit_cost": "4.10", **cost},
        {"product_id": "a", "valid_from": changed, "unit_cost": "5", **cost},
        {"product_id": "b", "valid_from": start, "unit_cost": dice.money(100, 900), **cost},
    ]


def orders(dice: Dice) -> list[dict]:
    """Orders of companies, contacts, addresses and guests, some cancelled, odd or in tax."""
    return [_order(dice, number) for number in range(dice.traits.orders)]


def _order(dice: Dice, number: int) -> dict:
    placed = dice.moment()
    row = {
        "order_id": f"o{number}",
        "placed_at": placed,
        "currency_code": dice.one_of(CURRENCIES) if dice.chance(0.5, "currencies") else "EUR",
        "sales_channel": dice.maybe(["web", "rep", "EDI"], 0.8),
        "sales_rep_id": dice.maybe(["r1", "r2", "r9"], 0.4),
        "country_code": dice.maybe(["DE", "US"], 0.6),
        "session_id": dice.maybe([f"s{at}" for at in range(8)], 0.2),
        "client_id": dice.maybe([f"v{at}" for at in range(10)], 0.5),
        "invoiced_at": placed + timedelta(days=dice.between(0, 40)) if dice.chance(0.5) else None,
        "shipping_amount": dice.money(0, 2_000) if dice.chance(0.4) else None,
        "order_discount_amount": dice.money(0, 900) if dice.chance(0.3) else None,
        **_buyer(dice),
    }
    if dice.chance(0.3, "odd_types"):
        row["order_type"] = dice.one_of(["sale", "sample", "credit", "warranty", "replacement"])
    if dice.chance(0.2, "odd_types"):
        row["order_status"] = dice.one_of(["draft", "quote", "placed"])
    if dice.chance(0.3, "cancellations") or "all_cancelled" in dice.traits:
        row["order_status"] = dice.one_of(["cancelled", "cancelled", row.get("order_status")])
        row["cancelled_at"] = placed + timedelta(seconds=dice.between(0, 40 * 86_400))
    if dice.chance(0.2, "internals"):
        row["is_test"] = True
    if dice.chance(0.4, "taxes"):
        row["prices_include_tax"] = dice.chance(0.7)
        row["tax_amount"] = dice.money(0, 3_000) if dice.chance(0.5) else None
    if dice.chance(0.3):
        row["paid_at"] = placed + timedelta(days=dice.between(0, 60))
    return row


def _buyer(dice: Dice) -> dict:
    companies = [f"c{number}" for number in range(dice.traits.accounts + 1)]
    address = f"p{dice.between(0, dice.traits.accounts + 4)}@{dice.one_of(domains(dice))}"
    kind = dice.between(0, 9 if "guests" in dice.traits else 7)
    if kind < 5:
        return {"company_id": dice.one_of(companies), "email": address if kind == 0 else None}
    if kind == 5:
        return {"contact_id": f"p{dice.between(0, dice.traits.accounts + 3)}"}
    if kind < 9:
        return {"email": address.upper() if kind == 6 else address}
    return {}


def order_lines(dice: Dice, orders: list[dict]) -> list[dict]:
    """One to four lines an order, some added later, cancelled in part, free or negative."""
    rows = []
    for order in orders:
        for _ in range(dice.between(0 if dice.chance(0.1) else 1, 3)):
            rows.append(_line(dice, order, f"l{len(rows)}"))
    if dice.chance(0.9, "orphans"):
        rows.append({"order_line_id": "lost", "order_id": "none", "quantity": 1, "unit_price": 7})
    return rows


def _line(dice: Dice, order: dict, line: str) -> dict:
    products = PRODUCTS if "gift_cards" in dice.traits else ["a", "b", "c", "missing"]
    quantity = dice.one_of(["1", "2", "10", "2.5"])
    row = {
        "order_line_id": line,
        "order_id": order["order_id"],
        "quantity": quantity,
        "unit_price": dice.money(),
        "product_id": dice.maybe(products, 0.85),
        "line_discount_amount": dice.money(0, 500) if dice.chance(0.25) else None,
        "unit_cost": dice.money(0, 900) if dice.chance(0.2) else None,
    }
    if dice.chance(0.3, "zero_and_negative"):
        row |= dice.one_of(
            [{"unit_price": "0"}, {"quantity": "0"}, {"quantity": "-1"}, {"unit_price": "-3.50"}]
        )
    if dice.chance(0.5, "taxes"):
        row |= dice.one_of([{"tax_rate": "0.19"}, {"tax_amount": dice.money(0, 900)}])
    if dice.chance(0.2, "cancellations"):
        row["cancelled_at"] = order["placed_at"] + timedelta(days=dice.between(0, 30))
        row["cancelled_quantity"] = dice.one_of([None, None, "1", "0.5"])
    if dice.chance(0.15, "cancellations"):
        row["added_at"] = order["placed_at"] + timedelta(days=dice.between(0, 20))
    return row


def payments(dice: Dice, orders: list[dict]) -> list[dict]:
    """Payments of some orders, whole, in part, failed or returned."""
    rows = []
    for order in orders:
        for _ in range(dice.between(0, 2)):
            rows.append(
                {
                    "payment_id": f"y{len(rows)}",
                    "paid_at": order["placed_at"] + timedelta(days=dice.between(0, 70)),
                    "amount": dice.one_of(["-5", dice.money(), dice.money()]),
                    "currency_code": order["currency_code"],
                    "order_id": order["order_id"],
                    "payment_status": dice.one_of([None, None, "failed", "pending", "succeeded"]),
                }
            )
    return rows


def refunds(dice: Dice, orders: list[dict]) -> list[dict]:
    """Refunds of every kind, with and without lines, some long after the order."""
    rows = []
    for order in orders:
        if not dice.chance(0.35, "refunds"):
            continue
        days = dice.between(0, 300 if "late_refunds" in dice.traits else 30)
        kinds = ["return", "price_adjustment", "goodwill", "chargeback", "correction", None]
        rows.append(
            {
                "refund_id": f"f{len(rows)}",
                "order_id": order["order_id"],
                "refunded_at": order["placed_at"]
                + timedelta(days=days, seconds=dice.between(0, 9)),
                "refund_kind": dice.one_of(kinds),
                "amount_excl_tax": dice.money(0, 9_000) if dice.chance(0.8) else None,
                "tax_amount": dice.money(0, 900) if dice.chance(0.3) else None,
                "shipping_amount": dice.money(0, 900) if dice.chance(0.2) else None,
                "reason": dice.maybe(["defective", "damaged", "odd"], 0.6),
            }
        )
    if dice.chance(0.9, "orphans"):
        moment = dice.moment()
        rows.append({"refund_id": "lost", "order_id": "none", "refunded_at": moment})
    return rows


def refund_lines(dice: Dice, refunds: list[dict], lines: list[dict]) -> list[dict]:
    """Lines of some refunds, most of them naming the line that came back."""
    rows = []
    for refund in refunds:
        ours = [row["order_line_id"] for row in lines if row["order_id"] == refund["order_id"]]
        for _ in range(dice.one_of([0, 0, 1, 2])):
            rows.append(
                {
                    "refund_line_id": f"g{len(rows)}",
                    "refund_id": refund["refund_id"],
                    "amount_excl_tax": dice.money(0, 6_000),
                    "order_line_id": dice.maybe(ours, 0.8),
                    "quantity": dice.one_of([None, "1", "0.5"]),
                    "tax_amount": dice.money(0, 500) if dice.chance(0.3) else None,
                    "reason": dice.maybe(["defective", "wrong_item"], 0.4),
                }
            )
    return rows


def fx_rates(dice: Dice) -> list[dict]:
    """Daily rates of two currencies, with gaps of more than a week if rates are missing."""
    rows = []
    for day in range(-3, dice.traits.days + 310):
        date = dice.traits.start + timedelta(days=day)
        for currency, rate in (("USD", 0.9), ("JPY", 0.0062), ("EUR", 1.1)):
            gap = "missing_rates" in dice.traits and day % 29 > 12
            if not gap and dice.chance(0.7):
                rows.append(
                    {
                        "rate_date": date,
                        "from_currency": currency,
                        "to_currency": "USD" if currency == "EUR" else "EUR",
                        "rate": f"{rate + dice.between(0, 99) / 100_000:.5f}",
                    }
                )
    return rows
