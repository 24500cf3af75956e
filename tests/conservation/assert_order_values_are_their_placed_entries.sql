-- The value of an order as placed is the value of the sale entries of its lines.
select
    orders.order_id,
    orders.gross_value,
    sum(entries.gross_sales) as gross_sales,
    orders.order_value,
    sum(entries.gross_sales - entries.discounts) as net_sales
from {{ ref('fct_orders') }} as orders
left join {{ ref('fct_sales_entries') }} as entries
    on orders.order_id = entries.order_id and entries.entry_type = 'sale' and entries.is_eligible
where orders.is_eligible
group by orders.order_id, orders.gross_value, orders.order_value
having
    coalesce(sum(entries.gross_sales), 0) != orders.gross_value
    or coalesce(sum(entries.gross_sales - entries.discounts), 0) != orders.order_value
