{#- The `config.meta` of a KPI model, by its name. Empty while dbt parses. -#}
{% macro kpi_meta(model_name) %}
    {%- if not execute -%}
        {{ return({'grains': [], 'dimensions': {}, 'parts': {}, 'variants': {}, 'kpi': {}}) }}
    {%- endif -%}
    {{ return(kpi_node(model_name).config.meta) }}
{% endmacro %}
