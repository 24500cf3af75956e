{#- A KPI model as dbt read it, with its columns and its folder: of several versions the latest. None
    while dbt parses or runs unit tests. -#}
{% macro kpi_node(model_name) %}
    {%- for node in (graph.nodes or {}).values()
        if node.name == model_name and node.resource_type == 'model'
        and node.version == node.latest_version -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
