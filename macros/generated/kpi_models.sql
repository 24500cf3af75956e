{#- Written by scripts/generate_macros from models/marts/kpis/. Change that, not this. -#}
{% macro kpi_models() %}
    {{ return([
 "kpi_aov",
 "kpi_cac",
 "kpi_clv",
 "kpi_cohort_retention",
 "kpi_customer_churn",
 "kpi_customer_retention",
 "kpi_nps",
 "kpi_refunds",
 "kpi_repeat_customers",
 "kpi_sales",
 "kpi_sales_rep",
 "kpi_subscription_churn",
 "kpi_visitor_conversion"
]) }}
{% endmacro %}
