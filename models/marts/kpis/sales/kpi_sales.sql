{{ config(
    meta={'units': {
        'fct_sales_entries': {'entry': 'entry_id', 'order': 'order_id'},
        'fct_payments': {'payment': 'payment_id', 'order': 'order_id'},
        'fct_orders': {'order': 'order_id'},
        'fct_attribution_credits': {'order': 'conversion_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set members = [
    'product', 'product_category', 'sales_channel', 'acquisition_channel', 'customer_type',
    'country', 'industry', 'account_size_band', 'sales_rep',
] %}
{%- set measures = [
    'gross_sales', 'discounts', 'returns', 'cancellations', 'cogs', 'units', 'fx_adjustment',
    'net_sales_order_dated', 'net_sales_invoiced',
] %}
{%- set order_measures = ['shipping', 'tax', 'net_sales_paid', 'orders_placed', 'orders_valid'] %}
{%- set order_members = members | reject('in', ['product', 'product_category']) | list %}

with entries as (
    select
        entry_id,
        order_id,
        order_line_id,
        refund_id,
        account_id,
        entry_date,
        case
            when entry_type in ('refund', 'cancellation') then order_date
            else entry_date
        end as order_clock_date,
        invoiced_entry_date,
        {{ members | join(', ') }},
        gross_sales,
        discounts,
        returns,
        cancellations,
        shipping,
        tax,
        cogs,
        units,
        fx_adjustment,
        gross_sales - discounts - returns - cancellations as net_sales
    from {{ rows_to_sum(ref('fct_sales_entries')) }}
    where is_eligible
),

order_dated as (
    select
        entry_id,
        order_id,
        order_line_id,
        refund_id,
        account_id,
        order_clock_date as event_date,
        net_sales as net_sales_order_dated,
        {{ members | join(', ') }}
    from entries
),

invoiced as (
    select
        entry_id,
        order_id,
        order_line_id,
        refund_id,
        account_id,
        invoiced_entry_date as event_date,
        net_sales as net_sales_invoiced,
        {{ members | join(', ') }}
    from entries
),

event_dated as (
    select
        {{ columns_except([
            'entry_date', 'order_clock_date', 'invoiced_entry_date', 'net_sales',
        ]) }},
        entry_date as event_date
    from entries
),

paid as (
    select
        payment_id,
        order_id,
        account_id,
        paid_date as event_date,
        net_sales_paid,
        {{ order_members | join(', ') }}
    from {{ rows_to_sum(ref('fct_payments')) }}
    where is_eligible
),

orders as (
    select
        order_id,
        account_id,
        order_date as event_date,
        {{ order_members | join(', ') }},
        1 as orders_placed,
        case when is_valid_order then 1 else 0 end as orders_valid
    from {{ rows_to_sum(ref('fct_orders')) }}
    where is_eligible and order_type = 'sale'
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'event_dated', 'kind': 'events', 'conversion': 'order_id',
            'measures': [
                'gross_sales', 'discounts', 'returns', 'cancellations', 'shipping', 'tax', 'cogs',
                'units', 'fx_adjustment',
            ],
        },
        {
            'relation': 'order_dated', 'kind': 'events', 'conversion': 'order_id',
            'measures': ['net_sales_order_dated'],
        },
        {
            'relation': 'invoiced', 'kind': 'events', 'conversion': 'order_id',
            'measures': ['net_sales_invoiced'],
        },
        {
            'relation': 'paid', 'kind': 'events', 'conversion': 'order_id',
            'measures': ['net_sales_paid'],
            'dimensions': order_members + ['marketing_channel', 'campaign'],
        },
        {
            'relation': 'orders', 'kind': 'events', 'conversion': 'order_id',
            'measures': ['orders_placed', 'orders_valid'],
            'dimensions': order_members + ['marketing_channel', 'campaign'],
        },
    ]) }}
),

-- What is derived is made of the parts that the table shows: shares of credit are rounded in them.
-- Shipping, tax, payments and orders belong to no single product.
parts as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for measure in measures %}
        cast({{ measure }} as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        {%- for measure in order_measures %}
        case
            when dimension not in ('product', 'product_category')
                then cast({{ measure }} as decimal(18, 4))
        end as {{ measure }},
        {%- endfor %}
        is_complete_period,
        as_of
    from rollup
),

netted as (
    select
        *,
        gross_sales - discounts - returns - cancellations as net_sales
    from parts
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        gross_sales,
        discounts,
        returns,
        cancellations,
        shipping,
        tax,
        cogs,
        orders_placed,
        orders_valid,
        units,
        fx_adjustment,
        cast(net_sales as decimal(18, 4)) as net_sales,
        net_sales_order_dated,
        cast(net_sales + shipping + tax as decimal(18, 4)) as total_sales,
        net_sales_invoiced,
        net_sales_paid,
        cast(net_sales + fx_adjustment as decimal(18, 4)) as net_sales_refund_date_rate,
        cast(net_sales - cogs as decimal(18, 4)) as gross_margin,
        {{ safe_ratio('net_sales - cogs', 'net_sales') }} as gross_margin_rate,
        {{ safe_ratio('net_sales', 'orders_valid') }} as net_sales_per_order,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from netted
)

select * from final
