with lines as (
    select * from {{ ref('stg_contract__order_lines') }}
),

orders as (
    select
        order_id,
        reject_reason
    from {{ ref('int_orders__checked') }}
),

orders_rejected_in_staging as (
    select distinct {{ qualified_id('order_id') }} as order_id
    from {{ ref('base_contract__orders') }}
    where row_status = 'rejected' and order_id is not null
),

final as (
    select
        lines.order_line_id,
        lines.order_id,
        lines.source_name,
        lines.product_id,
        lines.quantity,
        lines.unit_price,
        lines.line_discount_amount,
        lines.tax_amount,
        lines.tax_rate,
        lines.unit_cost,
        lines.added_at,
        lines.cancelled_at,
        lines.cancelled_quantity,
        lines.is_deleted,
        lines.loaded_at,
        'order_lines' as table_name,
        lines.row_hash,
        case
            when orders.order_id is null and rejected_orders.order_id is null then 'orphan_line'
            when orders.order_id is null or orders.reject_reason is not null
                then 'order_rejected'
        end as reject_reason,
        lines.order_line_id as row_key,
        {{ money_multiply('lines.unit_price', 'lines.quantity') }} as amount
    from lines
    left join orders on lines.order_id = orders.order_id
    left join orders_rejected_in_staging as rejected_orders
        on lines.order_id = rejected_orders.order_id
)

select * from final
