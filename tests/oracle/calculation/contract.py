"""The raw tables: columns, types, defaults, accepted values, keys and dates of the contract.

A line is a column: name, type, `!` where it is required, `=` and its default, accepted values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a raw table."""

    name: str
    kind: str
    is_required: bool
    default: str | None
    accepted: tuple[str, ...]


@dataclass(frozen=True)
class RawTable:
    """One raw table."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    dated_by: str | None
    parts_dated_by: tuple[str, ...]


def table(
    columns: str, key: str, dated_by: str | None = None, parts_dated_by: str = ""
) -> RawTable:
    """Read the lines of a table."""
    lines = COMMON + columns
    found = tuple(_column(line.split()) for line in lines.splitlines() if line.strip())
    return RawTable(found, ("source_name", *key.split()), dated_by, tuple(parts_dated_by.split()))


def _column(words: list[str]) -> Column:
    kind, _, default = words[1].partition("=")
    return Column(
        name=words[0],
        kind=kind.rstrip("!"),
        is_required=kind.endswith("!"),
        default=default or None,
        accepted=tuple("".join(words[2:]).split("|")) if words[2:] else (),
    )


COMMON = """
    source_name text=default
    source_updated_at timestamp
    loaded_at timestamp
    is_deleted boolean=false
"""

TABLES = {
    "companies": table(
        """
        company_id text!
        valid_from timestamp
        valid_to timestamp
        company_name text
        parent_company_id text
        merged_into_company_id text
        domain text
        industry text
        segment text
        country_code text
        employee_count integer
        account_size_band text
        sales_rep_id text
        original_source text
        created_at timestamp
        is_internal boolean=false
        """,
        key="company_id valid_from",
    ),
    "order_lines": table(
        """
        order_line_id text!
        order_id text!
        quantity decimal!
        unit_price decimal!
        product_id text
        line_discount_amount decimal=0
        tax_amount decimal
        tax_rate rate
        unit_cost decimal
        added_at timestamp
        cancelled_at timestamp
        cancelled_quantity decimal
        """,
        key="order_line_id",
        parts_dated_by="added_at cancelled_at",
    ),
    "orders": table(
        """
        order_id text!
        placed_at timestamp!
        currency_code text!
        company_id text
        contact_id text
        email text
        order_type text=sale sale|sample|replacement|warranty|internal|credit
        order_status text=placed placed|draft|quote|cancelled
        is_test boolean=false
        cancelled_at timestamp
        invoiced_at timestamp
        paid_at timestamp
        order_discount_amount decimal=0
        shipping_amount decimal=0
        tax_amount decimal
        prices_include_tax boolean=false
        total_amount decimal
        sales_channel text
        sales_rep_id text
        country_code text
        session_id text
        client_id text
        """,
        key="order_id",
        dated_by="placed_at",
        parts_dated_by="cancelled_at invoiced_at paid_at",
    ),
    "ad_spend": table(
        """
        spend_date date!
        platform text!
        ad_account_id text
        campaign text
        spend decimal!
        currency_code text!
        impressions integer
        clicks integer
        platform_conversions decimal
        platform_revenue decimal
        marketing_channel text
        """,
        key="spend_date platform ad_account_id campaign",
        dated_by="spend_date",
    ),
    "annotations": table(
        """
        annotation_id text!
        started_on date!
        ended_on date
        annotation_type text! campaign|price|site|other|break
        title text!
        dimension text
        dimension_value text
        """,
        key="annotation_id",
    ),
    "campaigns": table(
        """
        campaign text!
        marketing_channel text
        program text
        initiative text
        tactic text
        is_lead_generation boolean=true
        """,
        key="campaign",
    ),
    "contacts": table(
        """
        contact_id text!
        company_id text
        email text
        phone text
        job_role text
        client_id text
        merged_into_contact_id text
        created_at timestamp
        has_marketing_consent boolean
        """,
        key="contact_id",
    ),
    "cost_ledger": table(
        """
        cost_id text!
        incurred_on date!
        amount decimal!
        currency_code text!
        cost_scope text! marketing_program|marketing_people|sales_people|sales_commission \
            |overhead|retention
        service_start_date date
        service_end_date date
        marketing_channel text
        campaign text
        segment text
        is_paid_media boolean=false
        is_covered_by_ad_spend boolean=false
        """,
        key="cost_id",
        dated_by="incurred_on",
    ),
    "email_subscriptions": table(
        """
        subscription_event_id text!
        email text!
        event_type text! subscribe|confirm|unsubscribe|bounce|import
        event_at timestamp!
        client_id text
        form_name text
        list_name text=main
        """,
        key="subscription_event_id",
        dated_by="event_at",
    ),
    "fx_rates": table(
        """
        rate_date date!
        from_currency text!
        to_currency text!
        rate rate!
        rate_source text
        """,
        key="rate_date from_currency to_currency",
    ),
    "lead_criteria": table(
        """
        lead_id text!
        criterion text!
        observed_at timestamp!
        is_met boolean!
        """,
        key="lead_id criterion observed_at",
        dated_by="observed_at",
    ),
    "lead_scores": table(
        """
        lead_id text!
        scored_at timestamp!
        score decimal!
        score_version text
        """,
        key="lead_id scored_at score_version",
        dated_by="scored_at",
    ),
    "lead_stage_history": table(
        """
        lead_id text!
        stage text!
        entered_at timestamp!
        changed_by text
        reason text
        criteria_version text
        is_bulk_change boolean
        """,
        key="lead_id stage entered_at",
        dated_by="entered_at",
    ),
    "leads": table(
        """
        lead_id text!
        created_at timestamp!
        first_seen_at timestamp
        contact_id text
        company_id text
        email text
        phone text
        client_id text
        lead_type text=form form|quote|demo|account_request|newsletter|import
        lead_source text
        marketing_channel text
        campaign text
        utm_source text
        utm_medium text
        utm_campaign text
        sales_rep_id text
        industry text
        country_code text
        merged_into_lead_id text
        is_spam boolean=false
        """,
        key="lead_id",
        dated_by="created_at",
        parts_dated_by="first_seen_at",
    ),
    "opportunities": table(
        """
        opportunity_id text!
        created_at timestamp!
        opportunity_status text! open|won|lost
        closed_at timestamp
        company_id text
        contact_id text
        lead_id text
        order_id text
        amount decimal
        currency_code text
        sales_rep_id text
        loss_reason text
        """,
        key="opportunity_id",
        dated_by="created_at",
        parts_dated_by="closed_at",
    ),
    "opportunity_splits": table(
        """
        opportunity_id text!
        sales_rep_id text!
        share rate!
        """,
        key="opportunity_id sales_rep_id",
    ),
    "opportunity_stage_history": table(
        """
        opportunity_id text!
        stage text!
        entered_at timestamp!
        """,
        key="opportunity_id stage entered_at",
        dated_by="entered_at",
    ),
    "payments": table(
        """
        payment_id text!
        paid_at timestamp!
        amount decimal!
        currency_code text!
        order_id text
        invoice_id text
        payment_status text=succeeded succeeded|pending|failed
        payment_method text
        """,
        key="payment_id",
        dated_by="paid_at",
    ),
    "product_costs": table(
        """
        product_id text!
        valid_from date!
        valid_to date
        unit_cost decimal!
        currency_code text!
        """,
        key="product_id valid_from",
    ),
    "products": table(
        """
        product_id text!
        valid_from timestamp
        valid_to timestamp
        product_name text
        product_category text
        is_gift_card boolean=false
        """,
        key="product_id valid_from",
    ),
    "quotes": table(
        """
        quote_id text!
        requested_at timestamp!
        company_id text
        contact_id text
        order_id text
        sent_at timestamp
        accepted_at timestamp
        rejected_at timestamp
        expired_at timestamp
        amount decimal
        currency_code text
        """,
        key="quote_id",
        dated_by="requested_at",
    ),
    "refund_lines": table(
        """
        refund_line_id text!
        refund_id text!
        amount_excl_tax decimal!
        order_line_id text
        quantity decimal=0
        tax_amount decimal
        reason text
        """,
        key="refund_line_id",
    ),
    "refunds": table(
        """
        refund_id text!
        order_id text!
        refunded_at timestamp!
        refund_kind text=return return|price_adjustment|goodwill|chargeback|correction
        amount_excl_tax decimal
        tax_amount decimal=0
        shipping_amount decimal=0
        reason text
        """,
        key="refund_id",
        dated_by="refunded_at",
    ),
    "sales_reps": table(
        """
        sales_rep_id text!
        valid_from timestamp
        valid_to timestamp
        rep_name text
        team text
        """,
        key="sales_rep_id valid_from",
    ),
    "subscription_changes": table(
        """
        change_id text!
        subscription_id text!
        effective_date date!
        change_type text! start|change|pause|resume|cancel_request|end|transfer
        quantity decimal
        unit_price decimal
        discount_amount decimal
        product_id text
        plan_name text
        billing_interval text day|week|month|quarter|year
        company_id text
        interval_count integer
        recorded_at timestamp
        """,
        key="change_id",
    ),
    "subscriptions": table(
        """
        subscription_id text!
        company_id text!
        start_date date!
        end_date date
        unit_price decimal!
        currency_code text!
        billing_interval text! day|week|month|quarter|year
        interval_count integer=1
        quantity decimal=1
        contract_id text
        product_id text
        plan_name text
        sales_rep_id text
        discount_amount decimal=0
        discount_end_date date
        trial_end_date date
        cancel_requested_at timestamp
        past_due_since date
        cancel_reason text
        is_involuntary boolean
        is_metered boolean
        """,
        key="subscription_id",
        dated_by="start_date",
    ),
    "survey_responses": table(
        """
        response_id text!
        survey_id text!
        contact_id text
        company_id text
        order_id text
        product_id text
        invited_at timestamp
        responded_at timestamp
        score integer
        """,
        key="response_id",
        dated_by="responded_at",
        parts_dated_by="invited_at",
    ),
    "surveys": table(
        """
        survey_id text!
        survey_type text! relationship|transactional
        scale_min integer!
        scale_max integer!
        survey_name text
        """,
        key="survey_id",
    ),
    "targets": table(
        """
        kpi text!
        variant text!
        period_grain text! day|week|month|quarter|year|r12m
        period_start date!
        dimension text!=total
        dimension_value text!=all
        target_version text!=budget
        target_value decimal!
        approved_on date
        """,
        key="kpi variant period_grain period_start dimension dimension_value target_version",
    ),
    "touches": table(
        """
        touch_id text!
        touched_at timestamp!
        company_id text
        contact_id text
        lead_id text
        client_id text
        marketing_channel text
        campaign text
        interaction_type text
        """,
        key="touch_id",
        dated_by="touched_at",
    ),
    "usage_charges": table(
        """
        usage_charge_id text!
        subscription_id text!
        usage_date date!
        amount decimal!
        currency_code text!
        """,
        key="usage_charge_id",
        dated_by="usage_date",
    ),
    "web_events": table(
        """
        event_id text!
        event_at timestamp!
        event_name text!
        client_id text
        contact_id text
        session_id text
        page_url text
        referrer text
        utm_source text
        utm_medium text
        utm_campaign text
        device_type text
        country_code text
        user_agent text
        bytes_sent integer
        order_id text
        is_bot boolean
        """,
        key="event_id",
        dated_by="event_at",
    ),
    "web_sessions": table(
        """
        session_id text!
        started_at timestamp!
        client_id text
        contact_id text
        ended_at timestamp
        pageviews integer=1
        bytes_sent integer
        utm_source text
        utm_medium text
        utm_campaign text
        referrer text
        landing_page text
        device_type text
        country_code text
        has_product_view boolean
        has_cart boolean
        has_checkout boolean
        has_form_submit boolean
        is_bot boolean
        """,
        key="session_id",
        dated_by="started_at",
    ),
}
