{%- set counts = ['account_days', 'customers_at_start', 'customers_lost', 'customers_at_end'] %}

with lifetimes as (
    {{ lifetime_rollup(['gross_margin']) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        cast(gross_margin as decimal(18, 4)) as gross_margin,
        {%- for part in counts %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(account_years as decimal(18, 8)) as account_years,
        lifetime_years,
        is_lifetime_capped,
        is_lifetime_unknown,
        customers_at_end * lifetime_margin as customer_equity,
        customers_at_end * discounted_margin as customer_equity_discounted,
        is_window_before_history,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from lifetimes
)

select * from final
