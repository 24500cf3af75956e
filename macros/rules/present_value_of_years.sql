{#- What a payment of 1 at the end of each year is worth today, over `years_sql` years at
    `clv_discount_rate`. The payment of a begun last year is the part of the year, at its end; so
    at a rate of 0 the value is the number of years. -#}
{% macro present_value_of_years(years_sql) -%}
    {%- set rate = var('clv_discount_rate') | float -%}
    {%- if rate == 0 -%}
    cast({{ years_sql }} as double)
    {%- else -%}
    (
        (1 - power({{ 1 + rate }}, -floor({{ years_sql }}))) / {{ rate }}
        + ({{ years_sql }} - floor({{ years_sql }}))
        * power({{ 1 + rate }}, -floor({{ years_sql }}) - 1)
    )
    {%- endif -%}
{%- endmacro %}
