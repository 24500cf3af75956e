"""Rules that one row of a raw table must keep: each says why the row is rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

Values = dict
LARGEST = Decimal(10) ** 12


def broken_rule(table: str, row: Values) -> str | None:
    """The first rule of its table that a readable row breaks."""
    return next(RULES.get(table, lambda row: iter(()))(row), None)


def _below(row: Values, column: str, limit: int = 0) -> bool:
    return row[column] is not None and row[column] < limit


def _before(row: Values, later: str, earlier: str) -> bool:
    return row[later] is not None and row[earlier] is not None and row[later] < row[earlier]


def _versions(row: Values) -> Iterator[str]:
    if _before(row, "valid_to", "valid_from"):
        yield "valid_to_before_valid_from"


def _companies(row: Values) -> Iterator[str]:
    yield from _versions(row)
    if _below(row, "employee_count"):
        yield "negative_employee_count"


def _orders(row: Values) -> Iterator[str]:
    if row["order_status"] == "cancelled" and row["cancelled_at"] is None:
        yield "cancelled_without_moment"
    if _before(row, "cancelled_at", "placed_at"):
        yield "cancelled_before_placed"
    if row["order_type"] != "credit":
        if _below(row, "order_discount_amount"):
            yield "negative_order_discount"
        if _below(row, "shipping_amount"):
            yield "negative_shipping_amount"
        if _below(row, "tax_amount"):
            yield "negative_tax_amount"


def _order_lines(row: Values) -> Iterator[str]:
    value = row["quantity"] * row["unit_price"]
    if abs(value) >= LARGEST or abs(row["quantity"] * (row["unit_cost"] or 0)) >= LARGEST:
        yield "implausible_line_value"
    if value >= 0:
        if _below(row, "line_discount_amount"):
            yield "negative_line_discount"
        if _below(row, "tax_amount"):
            yield "negative_tax_amount"
    if row["tax_rate"] is not None and not 0 <= row["tax_rate"] <= 1:
        yield "tax_rate_out_of_range"
    if _below(row, "unit_cost"):
        yield "negative_unit_cost"
    if row["cancelled_quantity"] is not None:
        if row["cancelled_quantity"] < 0:
            yield "negative_cancelled_quantity"
        if row["cancelled_quantity"] > abs(row["quantity"]):
            yield "cancelled_more_than_ordered"
        if row["cancelled_quantity"] > 0 and row["cancelled_at"] is None:
            yield "cancelled_without_moment"


def _negative(**reasons: str) -> Callable[[Values], Iterator[str]]:
    """Columns that must not be negative, with the reason of each."""

    def rule(row: Values) -> Iterator[str]:
        for column, reason in reasons.items():
            if _below(row, column):
                yield reason

    return rule


def _annotations(row: Values) -> Iterator[str]:
    if _before(row, "ended_on", "started_on"):
        yield "ended_before_started"


def _cost_ledger(row: Values) -> Iterator[str]:
    start, end, incurred = row["service_start_date"], row["service_end_date"], row["incurred_on"]
    if start is None:
        return
    decade = timedelta(days=3660)
    if end is not None and end <= start:
        yield "service_end_not_after_start"
    if (end is not None and end - start > decade) or abs(start - incurred) > decade:
        yield "implausible_service_days"


def _fx_rates(row: Values) -> Iterator[str]:
    if row["rate"] <= 0:
        yield "rate_not_positive"
    if row["rate"] >= 1_000_000:
        yield "implausible_rate"


def _lead_scores(row: Values) -> Iterator[str]:
    if not 0 <= row["score"] <= 100:
        yield "score_out_of_range"


def _amount(row: Values) -> Iterator[str]:
    if row["amount"] is not None and row["currency_code"] is None:
        yield "amount_without_currency"
    if _below(row, "amount"):
        yield "negative_amount"


def _opportunities(row: Values) -> Iterator[str]:
    if row["opportunity_status"] in ("won", "lost") and row["closed_at"] is None:
        yield "closed_without_moment"
    if _before(row, "closed_at", "created_at"):
        yield "closed_before_created"
    yield from _amount(row)


def _splits(row: Values) -> Iterator[str]:
    if not 0 <= row["share"] <= 1:
        yield "share_out_of_range"


def _product_costs(row: Values) -> Iterator[str]:
    yield from _versions(row)
    if _below(row, "unit_cost"):
        yield "negative_unit_cost"


def _refunds(row: Values) -> Iterator[str]:
    if row["refund_kind"] != "correction" and any(
        _below(row, column) for column in ("amount_excl_tax", "tax_amount", "shipping_amount")
    ):
        yield "negative_amount"


def _refund_lines(row: Values) -> Iterator[str]:
    if _below(row, "amount_excl_tax") or _below(row, "tax_amount"):
        yield "negative_amount"
    if _below(row, "quantity"):
        yield "negative_quantity"


def _terms(row: Values) -> Iterator[str]:
    for column in ("quantity", "unit_price", "discount_amount"):
        if _below(row, column):
            yield f"negative_{column}"
    if _below(row, "interval_count", 1):
        yield "interval_count_below_1"


def _subscriptions(row: Values) -> Iterator[str]:
    if abs(row["quantity"] * row["unit_price"]) >= LARGEST:
        yield "implausible_line_value"
    if _before(row, "end_date", "start_date"):
        yield "end_before_start"
    yield from _terms(row)


def _survey_responses(row: Values) -> Iterator[str]:
    if row["responded_at"] is not None and row["score"] is None:
        yield "answer_without_score"
    if row["responded_at"] is None and row["score"] is not None:
        yield "score_without_moment"


def _surveys(row: Values) -> Iterator[str]:
    if row["scale_max"] <= row["scale_min"]:
        yield "scale_without_range"


def _touches(row: Values) -> Iterator[str]:
    if not any(row[who] for who in ("company_id", "contact_id", "lead_id", "client_id")):
        yield "touch_of_nobody"


def _web_sessions(row: Values) -> Iterator[str]:
    if _before(row, "ended_at", "started_at"):
        yield "ended_before_started"
    yield from _negative(pageviews="negative_pageviews", bytes_sent="negative_bytes_sent")(row)


RULES: dict[str, Callable[[Values], Iterator[str]]] = {
    "companies": _companies,
    "orders": _orders,
    "order_lines": _order_lines,
    "ad_spend": _negative(
        spend="negative_spend", impressions="negative_impressions", clicks="negative_clicks"
    ),
    "annotations": _annotations,
    "cost_ledger": _cost_ledger,
    "fx_rates": _fx_rates,
    "lead_scores": _lead_scores,
    "opportunities": _opportunities,
    "opportunity_splits": _splits,
    "product_costs": _product_costs,
    "products": _versions,
    "quotes": _amount,
    "refunds": _refunds,
    "refund_lines": _refund_lines,
    "sales_reps": _versions,
    "subscription_changes": _terms,
    "subscriptions": _subscriptions,
    "survey_responses": _survey_responses,
    "surveys": _surveys,
    "touches": _touches,
    "usage_charges": _negative(amount="negative_amount"),
    "web_events": _negative(bytes_sent="negative_bytes_sent"),
    "web_sessions": _web_sessions,
}
