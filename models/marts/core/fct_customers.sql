with customers as (
    select
        account_id,
        first_order_id,
        first_order_date,
        second_order_date,
        second_order_day,
        first_product_category
    from {{ ref('int_accounts__first_orders') }}
),

orders as (
    select
        order_id,
        segment,
        industry,
        acquisition_channel
    from {{ ref('fct_orders') }}
),

final as (
    select
        customers.account_id,
        customers.first_order_id,
        customers.first_order_date,
        customers.second_order_date,
        customers.second_order_day,
        coalesce(customers.second_order_day <= customers.first_order_date + 365, false)
            as has_repeated_within_365d,
        orders.segment,
        orders.industry,
        orders.acquisition_channel,
        customers.first_product_category
    from customers
    left join orders on customers.first_order_id = orders.order_id
)

select * from final
