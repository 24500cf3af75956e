with valid_orders as (
    select
        account_id,
        order_id,
        placed_at,
        order_date
    from {{ ref('int_orders__resolved') }}
    where is_valid_order
),

final as (
    select
        account_id,
        arg_min(order_id, (placed_at, order_id)) as first_order_id,
        min(placed_at) as first_order_at,
        min(order_date) as first_order_date
    from valid_orders
    group by account_id
)

select * from final
