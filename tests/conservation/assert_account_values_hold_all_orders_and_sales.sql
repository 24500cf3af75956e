-- Orders and sales of all accounts, one by one, that are not those of all orders and entries.
with accounts as (
    select
        sum(orders_valid) as orders_valid,
        sum(order_value) as order_value,
        sum(net_sales_to_date) as net_sales,
        count(*) filter (where is_active) as active_accounts
    from {{ ref('fct_account_values') }}
),

orders as (
    select
        count(*) as orders_valid,
        sum(order_value) as order_value
    from {{ ref('fct_orders') }}
    where is_valid_order
),

entries as (
    select sum(gross_sales - discounts - returns - cancellations) as net_sales
    from {{ ref('fct_sales_entries') }}
    where is_eligible
),

spells as (
    select count(*) as active_accounts
    from {{ ref('fct_account_spells') }}
    where active_to = date '9999-12-31'
)

select
    accounts.*,
    orders.order_value as order_value_of_orders,
    entries.net_sales as net_sales_of_entries
from accounts
cross join orders
cross join entries
cross join spells
where
    accounts.orders_valid != orders.orders_valid
    or accounts.order_value is distinct from orders.order_value
    or accounts.net_sales is distinct from entries.net_sales
    or accounts.active_accounts != spells.active_accounts
