{#- The texts of a group in one, in an order. An aggregate; null for a group without texts. -#}
{% macro joined_texts(text_sql, separator_sql, order_by) -%}
    {%- if target.type == 'spark' -%}
    listagg({{ text_sql }}, {{ separator_sql }}) within group (order by {{ order_by }})
    {%- else -%}
    string_agg({{ text_sql }}, {{ separator_sql }} order by {{ order_by }})
    {%- endif -%}
{%- endmacro %}
