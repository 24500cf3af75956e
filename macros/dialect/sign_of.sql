{#- -1, 0 or 1 as an integer: a product with it keeps the other factor's type. Null stays null. -#}
{% macro sign_of(number_sql) -%}
    {{ 'cast(' if target.type == 'spark' }}sign({{ number_sql }}){{ ' as int)' if target.type == 'spark' }}
{%- endmacro %}
