{#- A trimmed text as a value of its column; null where there is none, or it can't be read. -#}
{% macro parsed_column(text_sql, column) -%}
    {%- if column.type != 'text' -%}
    {{ parse_value(text_sql, column.type) }}
    {%- elif column.letters is defined -%}
    {{ column.letters }}({{ text_sql }})
    {%- else -%}
    {{ text_sql }}
    {%- endif -%}
{%- endmacro %}

{#- A trimmed text as a value of its column, or the column's default. -#}
{% macro typed_column(text_sql, column) -%}
    {{ with_default(parsed_column(text_sql, column), column) }}
{%- endmacro %}

{#- A value, or the column's default where there is none. -#}
{% macro with_default(value_sql, column) -%}
    {%- if column.default is defined and column.default is not none -%}
    coalesce({{ value_sql }}, cast('{{ column.default }}' as {{ contract_sql_type(column.type) }}))
    {%- else -%}
    {{ value_sql }}
    {%- endif -%}
{%- endmacro %}
