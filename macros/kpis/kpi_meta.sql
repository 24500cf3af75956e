{#- The `config.meta` of a KPI model, by its name. Empty while dbt parses. -#}
{% macro kpi_meta(model_name) %}
    {%- if not execute -%}
        {{ return({'grains': [], 'dimensions': {}, 'parts': {}, 'variants': {}, 'kpi': {}}) }}
    {%- endif -%}
    {{ return(graph.nodes['model.commerce_kpis.' ~ model_name].config.meta) }}
{% endmacro %}

{#- The name of the model behind the relation that a generic test is given. -#}
{% macro tested_model_name(relation) %}
    {{ return((relation | string).split('.')[-1] | replace('"', '')) }}
{% endmacro %}
