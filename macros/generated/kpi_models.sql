{#- Written by scripts/generate_macros from models/marts/kpis/. Change that, not this. -#}
{% macro kpi_models() %}
    {{ return([
 "kpi_cac",
 "kpi_churn_by_tenure",
 "kpi_clv",
 "kpi_cohort_retention",
 "kpi_cohort_value",
 "kpi_customer_churn",
 "kpi_customer_equity",
 "kpi_customer_retention",
 "kpi_nps",
 "kpi_nps_outcome",
 "kpi_sales",
 "kpi_unit_economics",
 "kpi_visitor_conversion"
]) }}
{% endmacro %}
