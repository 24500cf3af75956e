"""Which values break a rule of rejection, where no row of dirt_rules does."""

from __future__ import annotations

from datetime import date, datetime

from .model import Row

# A cell that lacks a row for want of a rate says so; in the first week few cells do.
_SWEDISH_DAY = date(2023, 7, 5)
_SWEDISH_MOMENT = datetime(2023, 7, 5, 10)

# table, reason, the values that make a plain row break the rule
TABLE_RULES: tuple[tuple[str, str, Row], ...] = (
    ("ad_spend", "negative_spend", {"spend": "-1.00"}),
    ("ad_spend", "negative_impressions", {"impressions": -1}),
    ("ad_spend", "negative_clicks", {"clicks": -1}),
    ("annotations", "ended_before_started", {"ended_on": date(2024, 5, 6)}),
    (
        "companies",
        "valid_to_before_valid_from",
        {"valid_from": datetime(2024, 5, 7), "valid_to": datetime(2024, 5, 6)},
    ),
    ("companies", "negative_employee_count", {"employee_count": -1}),
    (
        "cost_ledger",
        "service_end_not_after_start",
        {"service_start_date": date(2024, 5, 7), "service_end_date": date(2024, 5, 7)},
    ),
    (
        "cost_ledger",
        "implausible_service_days",
        {"service_start_date": date(2024, 5, 7), "service_end_date": date(2042, 5, 7)},
    ),
    ("fx_rates", "rate_not_positive", {"rate": "0"}),
    ("fx_rates", "implausible_rate", {"rate": "1000000"}),
    ("lead_scores", "score_out_of_range", {"score": 101}),
    ("opportunities", "closed_without_moment", {"opportunity_status": "won"}),
    (
        "opportunities",
        "closed_before_created",
        {"opportunity_status": "lost", "closed_at": datetime(2024, 5, 6, 9)},
    ),
    ("opportunities", "amount_without_currency", {"currency_code": None}),
    ("opportunities", "negative_amount", {"amount": "-1.00"}),
    ("opportunity_splits", "share_out_of_range", {"share": "1.5"}),
    ("order_lines", "implausible_line_value", {"quantity": "2000000", "unit_price": "500000"}),
    ("order_lines", "negative_line_discount", {"line_discount_amount": "-0.10"}),
    ("order_lines", "negative_tax_amount", {"tax_amount": "-0.19"}),
    ("order_lines", "tax_rate_out_of_range", {"tax_rate": "19"}),
    ("order_lines", "negative_unit_cost", {"unit_cost": "-0.50"}),
    ("order_lines", "negative_cancelled_quantity", {"cancelled_quantity": "-1"}),
    (
        "order_lines",
        "cancelled_more_than_ordered",
        {"cancelled_quantity": "2", "cancelled_at": datetime(2024, 5, 9, 9)},
    ),
    ("order_lines", "cancelled_without_moment", {"cancelled_quantity": "1"}),
    (
        "orders",
        "cancelled_before_placed",
        {"order_status": "cancelled", "cancelled_at": datetime(2024, 5, 6, 9)},
    ),
    ("orders", "negative_order_discount", {"order_discount_amount": "-0.10"}),
    ("orders", "negative_shipping_amount", {"shipping_amount": "-4.90"}),
    ("orders", "negative_tax_amount", {"tax_amount": "-0.19"}),
    ("product_costs", "valid_to_before_valid_from", {"valid_to": date(2022, 12, 31)}),
    ("product_costs", "negative_unit_cost", {"unit_cost": "-1.00"}),
    (
        "products",
        "valid_to_before_valid_from",
        {"valid_from": datetime(2024, 5, 7), "valid_to": datetime(2024, 5, 6)},
    ),
    ("quotes", "amount_without_currency", {"currency_code": None}),
    ("quotes", "negative_amount", {"amount": "-1.00"}),
    ("refund_lines", "negative_amount", {"amount_excl_tax": "-1.00"}),
    ("refund_lines", "negative_quantity", {"quantity": "-1"}),
    ("refunds", "negative_amount", {"amount_excl_tax": "-1.00"}),
    (
        "sales_reps",
        "valid_to_before_valid_from",
        {"valid_from": datetime(2024, 5, 7), "valid_to": datetime(2024, 5, 6)},
    ),
    ("subscription_changes", "negative_quantity", {"quantity": -1}),
    ("subscription_changes", "negative_unit_price", {"unit_price": "-1.00"}),
    ("subscription_changes", "negative_discount_amount", {"discount_amount": "-1.00"}),
    ("subscription_changes", "interval_count_below_1", {"interval_count": 0}),
    ("subscriptions", "implausible_line_value", {"quantity": 2000000, "unit_price": "500000"}),
    ("subscriptions", "end_before_start", {"end_date": date(2024, 5, 6)}),
    ("subscriptions", "negative_quantity", {"quantity": -1}),
    ("subscriptions", "negative_unit_price", {"unit_price": "-1.00"}),
    ("subscriptions", "negative_discount_amount", {"discount_amount": "-1.00"}),
    ("subscriptions", "interval_count_below_1", {"interval_count": 0}),
    ("survey_responses", "answer_without_score", {"responded_at": datetime(2024, 5, 8, 9)}),
    ("survey_responses", "score_without_moment", {"score": 9}),
    ("surveys", "scale_without_range", {"scale_max": 0}),
    ("touches", "touch_of_nobody", {"company_id": None}),
    ("usage_charges", "negative_amount", {"amount": "-1.00"}),
    ("web_events", "negative_bytes_sent", {"bytes_sent": -1}),
    ("web_sessions", "ended_before_started", {"ended_at": datetime(2024, 5, 6, 9)}),
    ("web_sessions", "negative_pageviews", {"pageviews": -1}),
    ("web_sessions", "negative_bytes_sent", {"bytes_sent": -1}),
)
# The demo company does not deliver these columns, so that `missing_source` can be seen in it.
NOT_DELIVERED = {("web_events", "bytes_sent"), ("web_sessions", "bytes_sent")}

# Rules across tables that need no other planted row. Nobody ever delivered a rate of the Swedish
# krona.
CROSSING_RULES: tuple[tuple[str, str, Row], ...] = (
    ("ad_spend", "fx_missing", {"spend_date": _SWEDISH_DAY, "currency_code": "SEK"}),
    ("cost_ledger", "fx_missing", {"incurred_on": _SWEDISH_DAY, "currency_code": "SEK"}),
    (
        "opportunities",
        "fx_missing",
        {
            "created_at": _SWEDISH_MOMENT,
            "opportunity_status": "lost",
            "closed_at": _SWEDISH_MOMENT,
            "currency_code": "SEK",
        },
    ),
    ("opportunity_splits", "orphan_split", {"opportunity_id": "d90001", "share": "1"}),
    ("opportunity_splits", "shares_do_not_add_up", {"share": "0.5"}),
    ("payments", "fx_missing", {"paid_at": _SWEDISH_MOMENT, "currency_code": "SEK"}),
    ("refund_lines", "orphan_refund_line", {"refund_id": "R90001"}),
    (
        "subscriptions",
        "fx_missing",
        {"start_date": _SWEDISH_DAY, "end_date": date(2023, 7, 10), "currency_code": "SEK"},
    ),
    (
        "subscriptions",
        "negative_mrr",
        {"company_id": "c90001", "discount_amount": "10.00", "end_date": date(2024, 6, 7)},
    ),
    (
        "survey_responses",
        "invalid_scale",
        {"survey_id": "support-old"},
    ),
    ("usage_charges", "fx_missing", {"usage_date": _SWEDISH_DAY, "currency_code": "SEK"}),
)

# Another content of a row with the same key.
OTHER_CONTENT: dict[str, Row] = {
    "ad_spend": {"spend": "2.00"},
    "annotations": {"title": "Relaunch"},
    "campaigns": {"tactic": "unclear"},
    "companies": {"industry": "unclear"},
    "contacts": {"job_role": "trainee"},
    "cost_ledger": {"amount": "2.00"},
    "email_subscriptions": {"email": "y@nobody.example"},
    "fx_rates": {"rate": "1.06"},
    "lead_criteria": {"is_met": False},
    "lead_scores": {"score": 40},
    "lead_stage_history": {"changed_by": "r1"},
    "leads": {"industry": "unclear"},
    "opportunities": {"amount": "2"},
    "opportunity_splits": {"share": "1"},
    # All its columns are its key: only another spelling of the moment tells two rows apart.
    "opportunity_stage_history": {"entered_at": "2024-05-07T00:00:00Z"},
    "order_lines": {"quantity": "2"},
    "orders": {"country_code": "XX"},
    "payments": {"amount": "2.00"},
    "product_costs": {"unit_cost": "2.00"},
    "products": {"product_category": "unclear"},
    "quotes": {"amount": "2.00"},
    "refund_lines": {"amount_excl_tax": "2.00"},
    "refunds": {"amount_excl_tax": "2.00"},
    "sales_reps": {"team": "unclear"},
    "subscription_changes": {"quantity": 2},
    "subscriptions": {"unit_price": "8.00"},
    "survey_responses": {"company_id": "c000"},
    "surveys": {"survey_name": "unclear"},
    "targets": {"target_value": "2"},
    "touches": {"interaction_type": "unclear"},
    "usage_charges": {"amount": "2.00"},
    "web_events": {"country_code": "XX"},
    "web_sessions": {"country_code": "XX"},
}

# What can't be read as a type of the contract.
UNREADABLE = {
    "integer": "many",
    "decimal": "12,50",
    "rate": "#N/A",
    "boolean": "perhaps",
    "date": "31.02.2025",
    "timestamp": "0000-00-00 00:00:00",
}
