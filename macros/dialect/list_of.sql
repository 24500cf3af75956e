{#- A list of one value. -#}
{% macro list_of(value_sql) -%}
    {{ 'array' if target.type == 'spark' else 'list_value' }}({{ value_sql }})
{%- endmacro %}
