{#- A KPI model as dbt read it, with its columns and its folder. Not while dbt parses. -#}
{% macro kpi_node(model_name) %}
    {{ return(graph.nodes['model.commerce_kpis.' ~ model_name]) }}
{% endmacro %}
