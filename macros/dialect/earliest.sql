{#- The earliest of several dates or moments; nulls take no part, and null if all are. -#}
{% macro earliest() -%}
    {{ 'least(' ~ varargs | join(', ') ~ ')' if varargs | length > 1 else varargs[0] }}
{%- endmacro %}
