{#- A delivered column as text that keeps what was delivered. Whole numbers that came as DOUBLE or
    DECIMAL (17850.0, as data frames write integers beside nulls) lose their zeros, so that an id is
    the same text whether it came from CSV or from a typed table. -#}
{% macro landing_text(column_sql, delivered_type) -%}
    {%- if delivered_type.upper().split('(')[0] in ('DOUBLE', 'FLOAT', 'DECIMAL') -%}
        {{ replace_pattern('cast(' ~ column_sql ~ ' as string)', "'[.]0+$'") }}
    {%- else -%}
        cast({{ column_sql }} as string)
    {%- endif -%}
{%- endmacro %}
