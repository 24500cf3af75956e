{#- Names of the dimensions whose values are kept in the ledger of reported values, beside totals. -#}
{% macro reported_dimensions(meta) %}
    {%- set names = [] -%}
    {%- for name, dimension in meta.dimensions.items() if dimension.is_reported -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
