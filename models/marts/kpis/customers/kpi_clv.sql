{%- set money = [
    'order_value', 'gross_margin', 'acquisition_cost', 'net_sales_to_date', 'margin_to_date',
] %}
{%- set predicted = {
    'predicted_order_value': 'customers_unpredicted',
    'predicted_margin': 'customers_margin_unknown',
} %}
{%- set counts = [
    'orders_valid', 'account_days', 'customers_at_start', 'customers_lost',
    'monthly_customers_at_start', 'monthly_customers_lost', 'customers_ever', 'new_customers',
] %}

with lifetimes as (
    {{ lifetime_rollup(money + [
        'orders_valid', 'monthly_customers_at_start', 'monthly_customers_lost', 'customers_ever',
        'new_customers', 'customers_modelled',
    ] + (predicted | list) + (predicted.values() | list)) }}
),

churned as (
    select
        *,
        {{ safe_ratio('monthly_customers_lost', 'monthly_customers_at_start') }} as monthly_churn,
        {{ predicted_parts(predicted) | indent(8) }}
    from lifetimes
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
        known_customers_modelled as customers_modelled,
        {%- for part in predicted %}
        known_{{ part }} as {{ part }},
        {%- endfor %}
        cast(account_years as decimal(18, 8)) as account_years,
        lifetime_years,
        is_lifetime_capped,
        is_lifetime_unknown,
        lifetime_value as clv,
        lifetime_margin as clv_margin,
        discounted_value as clv_discounted,
        discounted_margin as clv_margin_discounted,
        {{ safe_ratio('net_sales_to_date', 'customers_ever') }} as clv_historical,
        {{ safe_ratio('margin_to_date', 'customers_ever') }} as clv_historical_margin,
        lifetime_value - cac as clv_net_of_cac,
        case
            when not is_window_before_history
                then {{ safe_ratio('yearly_margin / 12', 'monthly_churn') }}
        end as clv_churn_based,
        {{ safe_ratio('known_predicted_order_value', 'known_customers_modelled') }}
            as clv_predicted,
        {{ safe_ratio('known_predicted_margin', 'known_customers_modelled') }}
            as clv_predicted_margin,
        is_window_before_history,
        is_cost_missing,
        is_fx_missing,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from churned
)

select * from final
