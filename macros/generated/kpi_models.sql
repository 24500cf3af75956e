{#- Written by scripts/generate_macros from models/marts/kpis/. Change that, not this. -#}
{% macro kpi_models() %}
    {{ return([
 "kpi_cac",
 "kpi_clv",
 "kpi_cohort_retention",
 "kpi_customer_churn",
 "kpi_customer_retention",
 "kpi_email_list_churn",
 "kpi_email_opt_in",
 "kpi_nps",
 "kpi_repeat_visits",
 "kpi_sales",
 "kpi_visitor_conversion",
 "kpi_web_funnel",
 "kpi_web_traffic"
]) }}
{% endmacro %}
