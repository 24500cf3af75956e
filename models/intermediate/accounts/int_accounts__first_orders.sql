with valid_orders as (
    select
        account_id,
        order_id,
        placed_at,
        order_date,
        row_number() over (partition by account_id order by placed_at, order_id) as order_number,
        min(order_date) over (partition by account_id) as first_order_date
    from {{ ref('int_orders__resolved') }}
    where is_valid_order
),

customers as (
    select
        account_id,
        min(order_id) filter (where order_number = 1) as first_order_id,
        min(placed_at) as first_order_at,
        first_order_date,
        min(order_date) filter (where order_number = 2) as second_order_date,
        min(order_date) filter (where order_date > first_order_date) as second_order_day
    from valid_orders
    group by account_id, first_order_date
),

products as (
    select
        product_id,
        valid_from_date,
        valid_to_date,
        product_category
    from {{ ref('int_products__versions') }}
),

-- One category a customer: that of the dearest line placed with the first order.
first_products as (
    select
        lines.order_id,
        products.product_category
    from {{ ref('int_order_lines__priced') }} as lines
    left join products
        on
            lines.product_id = products.product_id
            and lines.order_date >= products.valid_from_date
            and lines.order_date < products.valid_to_date
    where lines.line_exclusion_reason is null and lines.added_at is null
    qualify row_number() over (
        partition by lines.order_id
        order by lines.net_sales desc, lines.order_line_id
    ) = 1
),

final as (
    select
        customers.account_id,
        customers.first_order_id,
        customers.first_order_at,
        customers.first_order_date,
        customers.second_order_date,
        customers.second_order_day,
        coalesce(first_products.product_category, '(unknown)') as first_product_category
    from customers
    left join first_products on customers.first_order_id = first_products.order_id
)

select * from final
