{#- Written by scripts/generate_macros from models/intermediate/checked/. Change that, not this. -#}
{% macro checked_models() %}
    {{ return([
 "int_account_parents__checked",
 "int_ad_spend__checked",
 "int_company_links__checked",
 "int_contact_links__checked",
 "int_cost_ledger__checked",
 "int_lead_links__checked",
 "int_lead_stage_history__checked",
 "int_opportunities__checked",
 "int_opportunity_splits__checked",
 "int_order_lines__checked",
 "int_orders__checked",
 "int_payments__checked",
 "int_refund_lines__checked",
 "int_refunds__checked",
 "int_subscriptions__checked",
 "int_survey_responses__checked",
 "int_usage_charges__checked"
]) }}
{% endmacro %}
