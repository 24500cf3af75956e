"""The landing contract: every raw table with its columns in order, and its key."""

from __future__ import annotations

EVERY_TABLE = "source_name source_updated_at loaded_at is_deleted"

_COLUMNS = {
    "companies": """company_id valid_from valid_to company_name parent_company_id
        merged_into_company_id domain industry segment country_code employee_count
        account_size_band sales_rep_id original_source created_at is_internal""",
    "contacts": """contact_id company_id email phone job_role client_id merged_into_contact_id
        created_at has_marketing_consent""",
    "orders": """order_id placed_at currency_code company_id contact_id email order_type
        order_status is_test cancelled_at invoiced_at paid_at order_discount_amount
        shipping_amount tax_amount prices_include_tax total_amount sales_channel sales_rep_id
        country_code session_id client_id""",
    "order_lines": """order_line_id order_id quantity unit_price product_id line_discount_amount
        tax_amount tax_rate unit_cost added_at cancelled_at cancelled_quantity""",
    "refunds": """refund_id order_id refunded_at refund_kind amount_excl_tax tax_amount
        shipping_amount reason""",
    "refund_lines": """refund_line_id refund_id amount_excl_tax order_line_id quantity tax_amount
        reason""",
    "payments": """payment_id paid_at amount currency_code order_id invoice_id payment_status
        payment_method""",
    "products": "product_id valid_from valid_to product_name product_category is_gift_card",
    "product_costs": "product_id valid_from valid_to unit_cost currency_code",
    "web_events": """event_id event_at event_name client_id contact_id session_id page_url referrer
        utm_source utm_medium utm_campaign device_type country_code user_agent bytes_sent order_id
        is_bot""",
    "web_sessions": """session_id started_at client_id contact_id ended_at pageviews bytes_sent
        utm_source utm_medium utm_campaign referrer landing_page device_type country_code
        has_product_view has_cart has_checkout has_form_submit is_bot""",
    "email_subscriptions": """subscription_event_id email event_type event_at client_id form_name
        list_name""",
    "leads": """lead_id created_at first_seen_at contact_id company_id email phone client_id
        lead_type lead_source marketing_channel campaign utm_source utm_medium utm_campaign
        sales_rep_id industry country_code merged_into_lead_id is_spam""",
    "lead_stage_history": """lead_id stage entered_at changed_by reason criteria_version
        is_bulk_change""",
    "lead_scores": "lead_id scored_at score score_version",
    "lead_criteria": "lead_id criterion observed_at is_met",
    "opportunities": """opportunity_id created_at opportunity_status closed_at company_id
        contact_id lead_id order_id amount currency_code sales_rep_id loss_reason""",
    "opportunity_stage_history": "opportunity_id stage entered_at",
    "opportunity_splits": "opportunity_id sales_rep_id share",
    "quotes": """quote_id requested_at company_id contact_id order_id sent_at accepted_at
        rejected_at expired_at amount currency_code""",
    "touches": """touch_id touched_at company_id contact_id lead_id client_id marketing_channel
        campaign interaction_type""",
    "campaigns": "campaign marketing_channel program initiative tactic is_lead_generation",
    "ad_spend": """spend_date platform ad_account_id campaign spend currency_code impressions
        clicks platform_conversions platform_revenue marketing_channel""",
    "cost_ledger": """cost_id incurred_on amount currency_code cost_scope service_start_date
        service_end_date marketing_channel campaign segment is_paid_media
        is_covered_by_ad_spend""",
    "subscriptions": """subscription_id company_id start_date end_date unit_price currency_code
        billing_interval interval_count quantity contract_id product_id plan_name sales_rep_id
        discount_amount discount_end_date trial_end_date cancel_requested_at past_due_since
        cancel_reason is_involuntary is_metered""",
    "subscription_changes": """change_id subscription_id effective_date change_type quantity
        unit_price discount_amount product_id plan_name billing_interval company_id
        interval_count recorded_at""",
    "usage_charges": "usage_charge_id subscription_id usage_date amount currency_code",
    "surveys": "survey_id survey_type scale_min scale_max survey_name",
    "survey_responses": """response_id survey_id contact_id company_id order_id product_id
        invited_at responded_at score""",
    "sales_reps": "sales_rep_id valid_from valid_to rep_name team",
    "targets": """kpi variant period_grain period_start dimension dimension_value target_version
        target_value approved_on""",
    "fx_rates": "rate_date from_currency to_currency rate rate_source",
    "annotations": """annotation_id started_on ended_on annotation_type title dimension
        dimension_value""",
}

COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(f"{columns} {EVERY_TABLE}".split()) for table, columns in _COLUMNS.items()
}
