{#- All rules of one table in one test, since what dbt does for a test costs more than most rules.
    Returns a row for each rule that is broken; the arguments are those of table_rules. -#}
{% test rules_hold(model, unique=[], not_null=[], accepted_values={}, conditions={}) %}
{%- if execute %}
{{- broken_rules(table_rules(model, unique, not_null, accepted_values, conditions)) }}
{%- endif %}
{% endtest %}
