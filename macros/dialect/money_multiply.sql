{#- Money times a factor (a rate, a quantity), exact, half up to 4 places. The factor has at most
    8 places. -#}
{% macro money_multiply(amount_sql, factor_sql) -%}
    cast(
        cast({{ amount_sql }} as decimal(26, 4)) * cast({{ factor_sql }} as decimal(18, 8))
        as decimal(18, 4)
    )
{%- endmacro %}
