{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='order_line_id',
    meta={'keeps_changes': 'rows', 'event_time': 'order_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with lines as (
    select * from {{ ref('int_order_lines__priced') }}
),

orders as (
    select
        order_id,
        account_id,
        is_valid_order,
        exclusion_reason,
        order_type
    from {{ ref('fct_orders') }}
),

products as (
    select
        product_id,
        valid_from_date,
        valid_to_date,
        product_category
    from {{ ref('dim_products') }}
),

final as (
    select
        lines.order_line_id,
        lines.order_id,
        orders.account_id,
        lines.order_date,
        {{ reporting_date('lines.added_at') }} as added_date,
        {{ reporting_date('coalesce(lines.order_cancelled_at, lines.cancelled_at)') }}
            as cancelled_date,
        coalesce(lines.product_id, '(unknown)') as product,
        coalesce(products.product_category, '(unknown)') as product_category,
        lines.currency_code,
        lines.quantity as units,
        lines.gross_sales,
        cast(lines.gross_sales - lines.net_sales as decimal(18, 4)) as discounts,
        lines.net_sales,
        lines.tax,
        lines.cogs,
        coalesce(orders.exclusion_reason, lines.line_exclusion_reason) is null as is_eligible,
        coalesce(orders.exclusion_reason, lines.line_exclusion_reason) as exclusion_reason,
        orders.is_valid_order and lines.line_exclusion_reason is null as is_in_valid_order
    from lines
    left join orders on lines.order_id = orders.order_id
    left join products
        on
            coalesce(lines.product_id, '(unknown)') = products.product_id
            and lines.order_date >= products.valid_from_date
            and lines.order_date < products.valid_to_date
)

select * from final
