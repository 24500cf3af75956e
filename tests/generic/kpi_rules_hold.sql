{#- All rules of one KPI table in one test: those of every KPI (kpi_rules, but for those that
    `leave_out` names), and its own, given as to rules_hold. -#}
{% test kpi_rules_hold(
    model, unique=[], not_null=[], accepted_values={}, conditions={}, leave_out=[]
) %}
{%- if execute %}
{{- broken_rules(
    kpi_rules(model, tested_node().config.meta, leave_out)
    + table_rules(model, unique, not_null, accepted_values, conditions)
) }}
{%- endif %}
{% endtest %}
