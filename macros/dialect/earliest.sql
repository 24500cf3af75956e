{#- The earliest of several dates or moments; nulls take no part, and null if all are. -#}
{% macro earliest() -%}
    least({{ varargs | join(', ') }})
{%- endmacro %}
