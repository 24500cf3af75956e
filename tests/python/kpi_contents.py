"""The table of contents: which columns and members each KPI table promises.

Written by hand from the definitions, so that nothing falls out of a table unseen. The default is
the first variant.
"""

from __future__ import annotations

CONTENTS = {
    "kpi_sales": {
        "variants": (
            "net_sales gross_sales net_sales_order_dated total_sales net_sales_invoiced "
            "net_sales_paid net_sales_refund_date_rate gross_margin gross_margin_rate "
            "net_sales_per_order"
        ),
        "parts": (
            "gross_sales discounts returns cancellations shipping tax cogs orders_placed "
            "orders_valid units fx_adjustment"
        ),
        "dimensions": (
            "product product_category sales_channel marketing_channel acquisition_channel "
            "campaign customer_type country industry account_size_band sales_rep"
        ),
    },
    "kpi_aov": {
        "variants": (
            "aov aov_gross aov_net_of_returns aov_incl_tax_shipping aov_median aov_p90 "
            "aov_excl_zero_value"
        ),
        "parts": (
            "order_value orders_valid gross_value order_returns tax_and_shipping orders_with_value"
        ),
        "dimensions": (
            "sales_channel marketing_channel acquisition_channel campaign customer_type "
            "country industry account_size_band sales_rep product_in_order"
        ),
    },
    "kpi_web_traffic": {
        "variants": (
            "visitors sessions pageviews pageviews_in_sessions pages_per_session bytes_sent "
            "accounts_identified pageviews_cookieless sessions_split_on_campaign"
        ),
        "parts": "",
        "dimensions": (
            "marketing_channel source medium campaign landing_page device_type country "
            "customer_type account"
        ),
    },
    "kpi_repeat_visits": {
        "variants": (
            "repeat_visit_rate first_ever_visits returning_visitor_share "
            "repeat_visit_rate_by_account"
        ),
        "parts": "total_visits repeat_visits unique_visitors visitors_with_repeat_visit",
        "dimensions": "marketing_channel device_type country customer_type",
    },
    "kpi_visitor_conversion": {
        "variants": (
            "visitor_conversion_rate orders_per_visitor session_conversion_rate "
            "visitor_form_rate visitor_action_rate visitor_new_customer_rate "
            "visitor_conversion_rate_within_30d visitor_conversion_rate_within_90d "
            "revenue_per_visitor"
        ),
        "parts": (
            "visitors visitors_with_order visitors_with_form visitors_with_action "
            "visitors_new_customer sessions sessions_with_order orders_from_visitors "
            "order_value_from_visitors orders_without_visit orders_without_visitor"
        ),
        "dimensions": "marketing_channel campaign device_type country customer_type",
    },
    "kpi_lead_conversion": {
        "variants": (
            "lead_conversion_rate lead_conversion_rate_matured lead_conversion_rate_to_date "
            "lead_conversion_rate_km lead_conversion_rate_period lead_conversion_rate_won "
            "lead_conversion_rate_paid lead_conversion_rate_180d lead_conversion_rate_365d "
            "lead_conversion_rate_by_account"
        ),
        "parts": (
            "leads_eligible leads_converted_in_window leads_matured leads_matured_converted "
            "leads_converted_to_date conversions_in_period leads_won leads_paid "
            "accounts_eligible accounts_converted leads_from_customers"
        ),
        "dimensions": (
            "lead_source marketing_channel campaign industry country account_size_band "
            "score_band sales_rep"
        ),
    },
    "kpi_web_funnel": {
        "variants": (
            "web_funnel_rate sessions_with_product_view_step_rate "
            "sessions_with_cart_step_rate sessions_with_checkout_step_rate "
            "sessions_with_order_step_rate sessions_with_product_view_lost "
            "sessions_with_cart_lost sessions_with_checkout_lost sessions_with_order_lost "
            "sessions_with_product_view_median_hours sessions_with_cart_median_hours "
            "sessions_with_checkout_median_hours sessions_with_order_median_hours "
            "web_funnel_rate_open"
        ),
        "parts": (
            "sessions sessions_with_product_view sessions_with_cart sessions_with_checkout "
            "sessions_with_order"
        ),
        "dimensions": "marketing_channel device_type landing_page customer_type",
    },
    "kpi_quote_funnel": {
        "variants": (
            "quote_funnel_rate quotes_sent_step_rate quotes_accepted_step_rate "
            "quotes_ordered_step_rate quotes_sent_lost quotes_accepted_lost "
            "quotes_ordered_lost quotes_sent_median_hours quotes_accepted_median_hours "
            "quotes_ordered_median_hours"
        ),
        "parts": "quotes_requested quotes_sent quotes_accepted quotes_ordered",
        "dimensions": "industry sales_rep lead_source",
    },
    "kpi_lead_funnel": {
        "variants": (
            "lead_funnel_rate leads_mql_step_rate leads_sql_step_rate "
            "leads_opportunity_step_rate leads_won_step_rate leads_ordered_step_rate "
            "leads_mql_lost leads_sql_lost leads_opportunity_lost leads_won_lost "
            "leads_ordered_lost leads_mql_median_hours leads_sql_median_hours "
            "leads_opportunity_median_hours leads_won_median_hours leads_ordered_median_hours"
        ),
        "parts": "leads leads_mql leads_sql leads_opportunity leads_won leads_ordered",
        "dimensions": "industry sales_rep lead_source",
    },
    "kpi_email_opt_in": {
        "variants": (
            "email_opt_in_rate email_opt_in_rate_eligible email_opt_in_rate_confirmed "
            "email_opt_in_rate_net email_subscribed_share email_unsubscribe_rate"
        ),
        "parts": (
            "visitors visitors_opted_in visitors_subscribed_before visitors_confirmed "
            "visitors_unsubscribed opt_ins_offline list_size_at_start list_size_at_end "
            "list_unsubscribed"
        ),
        "dimensions": "marketing_channel form_name device_type",
    },
    "kpi_leads": {
        "variants": (
            "leads leads_broad lead_records accounts_with_lead leads_growth_rate "
            "leads_growth_rate_year_ago"
        ),
        "parts": "leads_newsletter leads_spam leads_previous_period leads_year_ago",
        "dimensions": "lead_source marketing_channel campaign industry country",
    },
    "kpi_lead_quality": {
        "variants": (
            "lead_score_average lead_score_median qualified_share scored_share "
            "reachable_share fit_share sales_accepted_share"
        ),
        "parts": (
            "leads leads_scored score_sum leads_qualified leads_reachable leads_fit "
            "leads_accepted leads_rejected"
        ),
        "dimensions": "lead_source marketing_channel campaign score_band score_version",
    },
    "kpi_lead_score_calibration": {
        "variants": "band_conversion_rate band_lift auc",
        "parts": "leads leads_converted",
        "dimensions": "score_band is_qualified",
    },
    "kpi_cost_per_lead": {
        "variants": (
            "cost_per_lead cost_per_lead_lead_gen_only cost_per_lead_paid_media "
            "cost_per_lead_broad cost_per_mql cost_per_sql"
        ),
        "parts": (
            "marketing_cost lead_gen_cost paid_media_cost leads leads_broad leads_mql leads_sql"
        ),
        "dimensions": "marketing_channel campaign program initiative tactic",
    },
    "kpi_lead_qualification": {
        "variants": (
            "mql_to_sql_rate lead_to_mql_rate sql_to_customer_rate mql_to_customer_rate "
            "mql_rejected_rate customers_never_mql_rate mql_response_hours_median "
            "mql_to_sql_rate_period mql_to_sql_rate_current_status"
        ),
        "parts": (
            "leads leads_mql mqls mqls_imputed mqls_to_sql mqls_to_customer sqls "
            "sqls_to_customer mqls_rejected mqls_recycled mqls_open customers "
            "customers_never_mql stage_reentries"
        ),
        "dimensions": "lead_source marketing_channel campaign sales_rep industry score_band",
    },
    "kpi_sales_cycle": {
        "variants": (
            "sales_cycle_days sales_cycle_days_median sales_cycle_days_p90 "
            "sales_cycle_days_km_median sales_cycle_days_from_touch sales_cycle_days_from_mql "
            "sales_cycle_days_from_opportunity sales_cycle_days_to_won "
            "sales_cycle_days_to_payment"
        ),
        "parts": "cycle_days_sum leads_converted leads_open",
        "dimensions": "lead_source marketing_channel industry account_size_band sales_rep",
    },
    "kpi_cac": {
        "variants": (
            "cac cac_marketing_only cac_fully_loaded cac_paid_media cac_per_customer_all cac_lagged"
        ),
        "parts": (
            "marketing_cost sales_cost overhead_cost paid_media_cost acquisition_cost "
            "acquisition_cost_lagged new_customers new_customers_net customers_active_at_end"
        ),
        "dimensions": (
            "marketing_channel campaign program initiative tactic acquisition_channel segment "
            "industry"
        ),
    },
    "kpi_marketing_share_of_cac": {
        "variants": "marketing_share_of_cac marketing_share_of_fully_loaded_cac",
        "parts": ("marketing_cost sales_cost overhead_cost acquisition_cost new_customers"),
        "dimensions": "segment",
    },
    "kpi_marketing_originated": {
        "variants": (
            "marketing_originated_rate marketing_originated_rate_known_only "
            "marketing_influenced_rate marketing_attributed_rate "
            "marketing_originated_sales_rate people_reached"
        ),
        "parts": (
            "new_customers new_customers_originated new_customers_influenced "
            "new_customers_without_touch new_customers_credited first_order_value "
            "first_order_value_originated"
        ),
        "dimensions": "acquisition_channel campaign industry",
    },
    "kpi_romi": {
        "variants": (
            "romi romi_net_return romi_margin_return marketing_efficiency_ratio "
            "romi_returning roas roas_platform_reported romi_touch_dated romi_touch_dated_30d "
            "romi_touch_dated_90d romi_touch_dated_365d"
        ),
        "parts": (
            "attributed_net_sales attributed_net_sales_returning attributed_margin net_sales "
            "marketing_cost platform_revenue platform_spend"
        ),
        "dimensions": "marketing_channel campaign",
    },
    "kpi_attribution": {
        "variants": "",
        "parts": "",
        "dimensions": "marketing_channel campaign program initiative tactic",
    },
    "kpi_retention_cost": {
        "variants": "retention_cost_per_customer retention_cost_to_cac",
        "parts": "retention_cost customers_retained acquisition_cost new_customers",
        "dimensions": "segment",
    },
    "kpi_customer_churn": {
        "variants": (
            "churn_rate churn_rate_over_remaining churn_rate_over_end_active "
            "churn_rate_over_average churn_rate_start_plus_new "
            "churn_rate_start_plus_new_and_reactivated churn_rate_intra_period "
            "churn_rate_voluntary churn_rate_involuntary churn_rate_annualised"
        ),
        "parts": (
            "customers_at_start customers_lost customers_new customers_reactivated "
            "customers_at_end churn_events reactivation_events customers_lost_voluntary "
            "customers_lost_involuntary"
        ),
        "dimensions": (
            "segment industry account_size_band acquisition_channel tenure_band plan cancel_reason"
        ),
    },
    "kpi_subscription_churn": {
        "variants": "subscription_churn_rate",
        "parts": (
            "subscriptions_at_start subscriptions_lost subscriptions_new "
            "subscriptions_reactivated subscriptions_at_end"
        ),
        "dimensions": "",
    },
    "kpi_email_list_churn": {
        "variants": "email_list_churn_rate",
        "parts": (
            "subscribers_at_start subscribers_lost subscribers_new subscribers_reactivated "
            "subscribers_at_end"
        ),
        "dimensions": "",
    },
    "kpi_churn_by_tenure": {
        "variants": "churn_hazard survival",
        "parts": "customers_at_risk customers_lost",
        "dimensions": "tenure_month",
    },
    "kpi_customer_retention": {
        "variants": ("retention_rate retention_rate_end_over_start retention_rate_end_minus_new"),
        "parts": "customers_at_start customers_retained customers_at_end customers_new",
        "dimensions": ("segment industry account_size_band acquisition_channel tenure_band plan"),
    },
    "kpi_cohort_retention": {
        "variants": "cohort_retention_rate",
        "parts": "cohort_customers customers_ordering",
        "dimensions": "cohort_month",
    },
    "kpi_repeat_customers": {
        "variants": (
            "repeat_customer_rate repeat_customer_rate_in_period "
            "repeat_customer_rate_within_365d repeat_customer_rate_raw_orders"
        ),
        "parts": (
            "customers_ever customers_repeat customers_in_period "
            "customers_in_period_returning new_customers new_customers_repeat_365d "
            "customers_repeat_raw"
        ),
        "dimensions": "acquisition_channel industry segment first_product_category",
    },
    "kpi_clv": {
        "variants": (
            "clv clv_margin clv_discounted clv_margin_discounted clv_historical "
            "clv_historical_margin clv_net_of_cac clv_churn_based"
        ),
        "parts": (
            "order_value orders_valid account_years customers_at_start customers_lost "
            "net_sales_to_date margin_to_date customers_ever gross_margin acquisition_cost "
            "new_customers"
        ),
        "dimensions": "segment industry account_size_band acquisition_channel cohort_month",
    },
    "kpi_unit_economics": {
        "variants": "clv_to_cac cac_payback_months",
        "parts": "",
        "dimensions": "",
    },
    "kpi_customer_equity": {
        "variants": "customer_equity",
        "parts": "",
        "dimensions": "segment industry account_size_band acquisition_channel",
    },
    "kpi_cohort_value": {
        "variants": "",
        "parts": "",
        "dimensions": "cohort_month",
    },
    "kpi_mrr": {
        "variants": "mrr arr arpa mrr_list_price mrr_committed mrr_with_usage",
        "parts": (
            "mrr_at_start mrr_new mrr_expansion mrr_contraction mrr_churned mrr_reactivated "
            "mrr_paused mrr_resumed mrr_fx mrr_transferred accounts_active"
        ),
        "dimensions": (
            "plan sales_rep account_size_band industry country acquisition_channel currency"
        ),
    },
    "kpi_mrr_retention": {
        "variants": ("nrr grr nrr_incl_reactivation mrr_churn_rate quick_ratio account_churn_rate"),
        "parts": "mrr_at_start mrr_retained_net accounts_at_start accounts_lost",
        "dimensions": "sales_rep account_size_band industry country acquisition_channel",
    },
    "kpi_refunds": {
        "variants": (
            "refund_rate refund_rate_cohort refund_rate_orders return_rate_units "
            "return_rate_value refund_rate_without_return refund_share_quality"
        ),
        "parts": (
            "refunds order_value refunds_of_orders orders_valid orders_refunded units "
            "units_returned refunds_with_return refunds_without_return refunds_quality"
        ),
        "dimensions": "product product_category reason_group sales_channel country",
    },
    "kpi_nps": {
        "variants": (
            "nps nps_transactional nps_account_equal nps_revenue_weighted nps_all_responses "
            "nps_without_resurveys nps_response_rate"
        ),
        "parts": ("promoters passives detractors responses invited responses_resurveyed accounts"),
        "dimensions": "segment industry account_size_band product account",
    },
    "kpi_nps_outcome": {
        "variants": "",
        "parts": "",
        "dimensions": "nps_group",
    },
    "kpi_sales_rep": {
        "variants": "won_amount average_deal_amount win_rate mrr_new_per_deal",
        "parts": ("deals_won deals_lost won_amount mrr_new mrr_expansion mrr_churned_in_clawback"),
        "dimensions": "sales_rep team account_size_band",
    },
}
