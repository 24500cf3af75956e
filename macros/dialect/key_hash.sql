{#- A number for the values of some columns, nulls too; different values rarely share one. -#}
{% macro key_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}
