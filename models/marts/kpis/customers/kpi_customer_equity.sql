{%- set counts = ['account_days', 'customers_at_start', 'customers_lost', 'customers_at_end'] %}

with lifetimes as (
    {{ lifetime_rollup(
        ['gross_margin', 'customers_modelled', 'customers_margin_unknown', 'predicted_margin']
    ) }}
),

known as (
    select
        *,
        {{ predicted_parts({'predicted_margin': 'customers_margin_unknown'}) | indent(8) }}
    from lifetimes
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
        known_customers_modelled as customers_modelled,
        cast(account_years as decimal(18, 8)) as account_years,
        lifetime_years,
        is_lifetime_capped,
        is_lifetime_unknown,
        customers_at_end * lifetime_margin as customer_equity,
        customers_at_end * discounted_margin as customer_equity_discounted,
        {{ when_delivered('customer_equity_predicted', 'known_predicted_margin') }}
            as customer_equity_predicted,
        is_window_before_history,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from known
)

select * from final
