with refunds as (
    select * from {{ ref('stg_contract__refunds') }}
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
        refunds.refund_id,
        refunds.order_id,
        refunds.source_name,
        refunds.refunded_at,
        refunds.refund_kind,
        refunds.amount_excl_tax,
        refunds.tax_amount,
        refunds.shipping_amount,
        refunds.reason,
        refunds.is_deleted,
        refunds.loaded_at,
        'refunds' as table_name,
        refunds.row_hash,
        case
            when orders.order_id is null and rejected_orders.order_id is null
                then 'orphan_refund'
            when orders.order_id is null or orders.reject_reason is not null
                then 'order_rejected'
        end as reject_reason,
        refunds.refund_id as row_key,
        refunds.amount_excl_tax as amount
    from refunds
    left join orders on refunds.order_id = orders.order_id
    left join orders_rejected_in_staging as rejected_orders
        on refunds.order_id = rejected_orders.order_id
)

select * from final
