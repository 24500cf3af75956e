{%- set counts = [
    'customers_ever', 'customers_repeat', 'customers_in_period', 'customers_in_period_returning',
    'new_customers', 'new_customers_repeat_365d', 'customers_repeat_raw',
] %}

with customers as (
    select
        account_id,
        first_order_date as event_date,
        segment,
        industry,
        acquisition_channel,
        first_product_category,
        1 as new_customers,
        cast(has_repeated_within_365d as integer) as new_customers_repeat_365d
    from {{ ref('fct_customers') }}
),

orders as (
    select
        orders.order_id,
        orders.account_id,
        orders.order_date as event_date,
        orders.placed_at,
        orders.segment,
        orders.industry,
        orders.acquisition_channel,
        customers.first_product_category,
        1 as customers_in_period
    from {{ ref('fct_orders') }} as orders
    inner join customers on orders.account_id = customers.account_id
    where orders.is_valid_order
),

-- By the first order of the period, so that a new customer has the members it is new with.
in_period as (
    {{ unit_period_spells(
        'orders', 'account_id', keep='first', order_by='event_date, placed_at, order_id'
    ) | indent(4) }}
),

to_date as (
    select
        account_id,
        period_grain,
        from_index,
        to_index,
        segment,
        industry,
        acquisition_channel,
        first_product_category,
        customers_ever,
        customers_repeat,
        customers_repeat_raw
    from {{ ref('int_accounts__values_to_date') }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'to_date', 'kind': 'spells',
            'measures': ['customers_ever', 'customers_repeat', 'customers_repeat_raw'],
        },
        {'relation': 'in_period', 'kind': 'spells', 'measures': ['customers_in_period']},
        {
            'relation': 'customers', 'kind': 'events',
            'measures': ['new_customers', 'new_customers_repeat_365d'],
        },
    ]) }}
),

counted as (
    select
        *,
        -- Whoever is not new had ordered before the period.
        customers_in_period - new_customers as customers_in_period_returning
    from rollup
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for name in counts %}
        cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {{ safe_ratio('customers_repeat', 'customers_ever') }} as repeat_customer_rate,
        {{ safe_ratio('customers_in_period_returning', 'customers_in_period') }}
            as repeat_customer_rate_in_period,
        {{ safe_ratio('new_customers_repeat_365d', 'new_customers') }}
            as repeat_customer_rate_within_365d,
        {{ safe_ratio('customers_repeat_raw', 'customers_ever') }}
            as repeat_customer_rate_raw_orders,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from counted
)

select * from final
