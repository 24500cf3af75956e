{#- Written by scripts/generate_macros from models/marts/core/*.yml. Change that, not this. -#}
{% macro conserving_facts() %}
    {{ return([
 {
  "fact": "fct_annotations",
  "table": "annotations",
  "key": "annotation_id"
 },
 {
  "fact": "fct_costs",
  "table": "ad_spend",
  "key": "cost_id",
  "where": "cost_source = 'ad_spend'"
 },
 {
  "fact": "fct_costs",
  "table": "cost_ledger",
  "key": "cost_id",
  "where": "cost_source = 'cost_ledger'"
 },
 {
  "fact": "fct_email_subscription_events",
  "table": "email_subscriptions",
  "key": "subscription_event_id"
 },
 {
  "fact": "fct_lead_stage_entries",
  "table": "lead_stage_history",
  "key": "stage_entry_id"
 },
 {
  "fact": "fct_leads",
  "table": "leads",
  "key": "lead_id"
 },
 {
  "fact": "fct_opportunities",
  "table": "opportunities",
  "key": "opportunity_id"
 },
 {
  "fact": "fct_opportunity_splits",
  "table": "opportunity_splits",
  "key": "opportunity_id || ' | ' || sales_rep",
  "where": "is_split"
 },
 {
  "fact": "fct_order_lines",
  "table": "order_lines",
  "key": "order_line_id"
 },
 {
  "fact": "fct_orders",
  "table": "orders",
  "key": "order_id"
 },
 {
  "fact": "fct_payments",
  "table": "payments",
  "key": "payment_id"
 },
 {
  "fact": "fct_quotes",
  "table": "quotes",
  "key": "quote_id"
 },
 {
  "fact": "fct_survey_responses",
  "table": "survey_responses",
  "key": "response_id"
 },
 {
  "fact": "fct_targets",
  "table": "targets",
  "key": "concat_ws(' | ', source_name, kpi, variant, period_grain, period_start, dimension, dimension_value, target_version)"
 },
 {
  "fact": "fct_usage_charges",
  "table": "usage_charges",
  "key": "usage_charge_id"
 }
]) }}
{% endmacro %}
