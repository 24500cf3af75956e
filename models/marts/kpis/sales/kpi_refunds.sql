{{ config(
    meta={'units': {
        'fct_sales_entries': {'entry': 'entry_id', 'order': 'order_id'},
        'fct_orders': {'order': 'order_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set members = ['product', 'product_category', 'sales_channel', 'country'] %}
{%- set cohort_measures = [
    'refunds_of_orders', 'units_returned', 'refunds_with_return', 'refunds_without_return',
    'refunds_quality',
] %}
{%- set money = [
    'refunds', 'order_value', 'refunds_of_orders', 'refunds_with_return',
    'refunds_without_return', 'refunds_quality',
] %}

with refunds as (
    select
        entry_id,
        order_id,
        order_line_id,
        refund_id,
        account_id,
        entry_date as event_date,
        reason_group,
        {{ members | join(', ') }},
        returns as refunds
    from {{ rows_to_sum(ref('fct_sales_entries')) }}
    where is_eligible and entry_type = 'refund'
),

-- The same refunds on the date of their order, as far as it is one of the valid orders.
refunds_of_orders as (
    select
        entry_id,
        order_id,
        order_line_id,
        refund_id,
        account_id,
        order_date as event_date,
        reason_group,
        {{ members | join(', ') }},
        returns as refunds_of_orders,
        units_returned,
        case when is_goods_return then returns else 0 end as refunds_with_return,
        case when is_goods_return then 0 else returns end as refunds_without_return,
        case when reason_group = 'quality' then returns else 0 end as refunds_quality
    from {{ rows_to_sum(ref('fct_sales_entries')) }}
    where is_of_placed_order and entry_type = 'refund'
),

placed_lines as (
    select
        entry_id,
        order_id,
        order_line_id,
        product,
        product_category,
        gross_sales - discounts as order_value,
        units
    from {{ rows_to_sum(ref('fct_sales_entries')) }}
    where is_of_placed_order and entry_type = 'sale'
),

-- An order without a line that counts is an order all the same.
placed as (
    select
        placed_lines.entry_id,
        orders.order_id,
        placed_lines.order_line_id,
        orders.account_id,
        orders.order_date as event_date,
        coalesce(placed_lines.product, '(unknown)') as product,
        coalesce(placed_lines.product_category, '(unknown)') as product_category,
        orders.sales_channel,
        orders.country,
        coalesce(placed_lines.order_value, 0) as order_value,
        coalesce(placed_lines.units, 0) as units
    from {{ rows_to_sum(ref('fct_orders')) }} as orders
    left join placed_lines on orders.order_id = placed_lines.order_id
    where orders.is_valid_order
),

order_rows as (
    select
        order_id,
        account_id,
        event_date,
        cast(null as string) as reason_group,
        {{ members | join(', ') }},
        0 as refunded
    from placed
    union all
    select
        order_id,
        account_id,
        event_date,
        reason_group,
        {{ members | join(', ') }},
        refunds_of_orders as refunded
    from refunds_of_orders
),

order_members as (
    {{ unit_members(
        'order_rows', 'order_id, account_id, event_date', dimensions, ['refunded']
    ) | indent(4) }}
),

-- An order counts once in the total and once in each member that it has.
orders as (
    select
        order_id,
        account_id,
        event_date,
        dimension,
        dimension_value,
        1 as orders_valid,
        cast(refunded > 0 as integer) as orders_refunded
    from order_members
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'refunds', 'kind': 'events', 'measures': ['refunds']},
        {'relation': 'refunds_of_orders', 'kind': 'events', 'measures': cohort_measures},
        {
            'relation': 'placed', 'kind': 'events', 'measures': ['order_value', 'units'],
            'dimensions': members,
        },
        {
            'relation': 'orders', 'kind': 'events', 'is_by_member': true,
            'measures': ['orders_valid', 'orders_refunded'],
        },
    ]) }}
),

-- What is sold has no reason to come back.
with_sales as (
    select
        {{ columns_except(['order_value', 'orders_valid', 'units']) }},
        case when dimension != 'reason_group' then order_value end as order_value,
        case when dimension != 'reason_group' then orders_valid end as orders_valid,
        case when dimension != 'reason_group' then units end as units
    from rollup
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
        cast(orders_valid as bigint) as orders_valid,
        cast(orders_refunded as bigint) as orders_refunded,
        cast(units as decimal(18, 4)) as units,
        cast(units_returned as decimal(18, 4)) as units_returned,
        {{ safe_ratio('refunds', 'order_value') }} as refund_rate,
        {{ safe_ratio('refunds_of_orders', 'order_value') }} as refund_rate_cohort,
        {{ safe_ratio('orders_refunded', 'orders_valid') }} as refund_rate_orders,
        {{ safe_ratio('units_returned', 'units') }} as return_rate_units,
        {{ safe_ratio('refunds_with_return', 'order_value') }} as return_rate_value,
        {{ safe_ratio('refunds_without_return', 'order_value') }} as refund_rate_without_return,
        {{ safe_ratio('refunds_quality', 'refunds_of_orders') }} as refund_share_quality,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from with_sales
)

select * from final
