{%- set money = ['order_value', 'gross_margin', 'acquisition_cost'] %}
{%- set counts = [
    'orders_valid', 'account_days', 'customers_at_start', 'customers_lost', 'new_customers',
] %}

with lifetimes as (
    {{ lifetime_rollup(money + ['orders_valid', 'new_customers']) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in money %}
        cast({{ part }} as decimal(18, 4)) as {{ part }},
        {%- endfor %}
        {%- for part in counts %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(account_years as decimal(18, 8)) as account_years,
        lifetime_years,
        is_lifetime_capped,
        is_lifetime_unknown,
        {{ safe_ratio('lifetime_value', 'cac') }} as clv_to_cac,
        -- Without a margin the cost never comes back.
        case
            when not is_window_before_history
                then {{ safe_ratio('cac', 'greatest(yearly_margin, 0) / 12') }}
        end as cac_payback_months,
        is_window_before_history,
        is_cost_missing,
        is_fx_missing,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from lifetimes
)

select * from final
