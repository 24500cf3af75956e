{#- Written by scripts/generate_macros from models/marts/kpis/. Change that, not this. -#}
{% macro kpi_models() %}
    {{ return([
 "kpi_cac",
 "kpi_clv",
 "kpi_cohort_retention",
 "kpi_cost_per_lead",
 "kpi_customer_churn",
 "kpi_customer_retention",
 "kpi_lead_conversion",
 "kpi_lead_funnel",
 "kpi_lead_qualification",
 "kpi_lead_quality",
 "kpi_lead_score_calibration",
 "kpi_leads",
 "kpi_nps",
 "kpi_quote_funnel",
 "kpi_sales",
 "kpi_sales_cycle",
 "kpi_visitor_conversion"
]) }}
{% endmacro %}
