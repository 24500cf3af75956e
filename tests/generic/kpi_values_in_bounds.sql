{#- One of the rules of kpi_rules_hold as a test of its own, for a KPI where it only warns. -#}
{% test kpi_values_in_bounds(model) %}
{%- if execute %}
{{- broken_rules(kpi_values_in_bounds(model, tested_node().config.meta)) }}
{%- endif %}
{% endtest %}
