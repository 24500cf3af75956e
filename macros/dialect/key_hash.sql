{#- A number for the values of some columns, nulls too; different values rarely share one. -#}
{% macro key_hash(columns) -%}
    {{ 'xxhash64' if target.type == 'spark' else 'hash' }}({{ columns | join(', ') }})
{%- endmacro %}
