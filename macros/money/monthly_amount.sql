{#- What an amount per billing comes to in a month, rounded once, half up to 4 places: with n =
    interval count, month / n; quarter / 3n; year / 12n; week x 52 / 12n; day x 365 / 12n. A weekly
    10 is 43.3333, not 40.

    amount: per billing, with at most 8 places; rate: to the reporting currency, applied before the
    rounding. -#}
{% macro monthly_amount(amount, billing_interval, interval_count, rate='1') -%}
    {{ money_share(
        'cast(' ~ amount ~ ' as decimal(28, 8)) * 10000',
        rate ~ " * case " ~ billing_interval ~ " when 'week' then 52 when 'day' then 365 else 1 end",
        '10000 * ' ~ interval_count ~ " * case " ~ billing_interval
            ~ " when 'month' then 1 when 'quarter' then 3 else 12 end"
    ) }}
{%- endmacro %}
