{#- Whether builds keep what they change in facts, and KPIs add it to their sums: if a raw table is declared
    to only grow, and what belongs together can be changed in one transaction, which Spark cannot. -#}
{% macro keeps_changes() %}
    {{ return(var('append_or_update') and target.type != 'spark') }}
{% endmacro %}
