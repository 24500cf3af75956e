{#- Written by scripts/generate_macros from models/intermediate/checked/*.yml. Change that, not this. -#}
{% macro checked_models() %}
    {{ return([
 {
  "model": "int_account_parents__checked",
  "table": "account_parents",
  "raw_table": "companies",
  "reasons": [
   "parent_cycle",
   "orphan_parent"
  ]
 },
 {
  "model": "int_ad_spend__checked",
  "table": "ad_spend",
  "raw_table": "ad_spend",
  "reasons": [
   "fx_missing"
  ]
 },
 {
  "model": "int_company_links__checked",
  "table": "company_links",
  "raw_table": "companies",
  "reasons": [
   "merge_cycle",
   "orphan_merge"
  ]
 },
 {
  "model": "int_contact_links__checked",
  "table": "contact_links",
  "raw_table": "contacts",
  "reasons": [
   "merge_cycle",
   "orphan_merge"
  ]
 },
 {
  "model": "int_cost_ledger__checked",
  "table": "cost_ledger",
  "raw_table": "cost_ledger",
  "reasons": [
   "fx_missing"
  ]
 },
 {
  "model": "int_lead_links__checked",
  "table": "lead_links",
  "raw_table": "leads",
  "reasons": [
   "merge_cycle",
   "orphan_merge"
  ]
 },
 {
  "model": "int_lead_stage_history__checked",
  "table": "lead_stage_history",
  "raw_table": "lead_stage_history",
  "reasons": [
   "unknown_stage",
   "event_before_lead"
  ]
 },
 {
  "model": "int_opportunities__checked",
  "table": "opportunities",
  "raw_table": "opportunities",
  "reasons": [
   "event_before_lead",
   "fx_missing"
  ]
 },
 {
  "model": "int_opportunity_splits__checked",
  "table": "opportunity_splits",
  "raw_table": "opportunity_splits",
  "reasons": [
   "orphan_split",
   "opportunity_rejected",
   "shares_do_not_add_up"
  ]
 },
 {
  "model": "int_order_lines__checked",
  "table": "order_lines",
  "raw_table": "order_lines",
  "reasons": [
   "orphan_line",
   "order_rejected"
  ]
 },
 {
  "model": "int_orders__checked",
  "table": "orders",
  "raw_table": "orders",
  "reasons": [
   "fx_missing",
   "negative_order_total"
  ]
 },
 {
  "model": "int_payments__checked",
  "table": "payments",
  "raw_table": "payments",
  "reasons": [
   "fx_missing"
  ]
 },
 {
  "model": "int_refund_lines__checked",
  "table": "refund_lines",
  "raw_table": "refund_lines",
  "reasons": [
   "orphan_refund_line",
   "refund_rejected",
   "orphan_refund",
   "order_rejected"
  ]
 },
 {
  "model": "int_refunds__checked",
  "table": "refunds",
  "raw_table": "refunds",
  "reasons": [
   "orphan_refund",
   "order_rejected"
  ]
 },
 {
  "model": "int_subscriptions__checked",
  "table": "subscriptions",
  "raw_table": "subscriptions",
  "reasons": [
   "fx_missing",
   "negative_mrr"
  ]
 },
 {
  "model": "int_survey_responses__checked",
  "table": "survey_responses",
  "raw_table": "survey_responses",
  "reasons": [
   "invalid_score",
   "invalid_scale"
  ]
 },
 {
  "model": "int_usage_charges__checked",
  "table": "usage_charges",
  "raw_table": "usage_charges",
  "reasons": [
   "fx_missing"
  ]
 }
]) }}
{% endmacro %}
