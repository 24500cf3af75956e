{#- Written by scripts/generate_macros from models/marts/kpis/. Change that, not this. -#}
{% macro kpi_models() %}
    {{ return([
 "kpi_attribution",
 "kpi_cac",
 "kpi_clv",
 "kpi_cohort_retention",
 "kpi_customer_churn",
 "kpi_customer_retention",
 "kpi_marketing_originated",
 "kpi_marketing_share_of_cac",
 "kpi_nps",
 "kpi_retention_cost",
 "kpi_romi",
 "kpi_sales",
 "kpi_visitor_conversion"
]) }}
{% endmacro %}
