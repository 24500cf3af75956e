-- Net sales dated by their own events and dated by their orders are the same money: every eligible
-- entry has both dates, and its order has not been left behind.
select
    entries.entry_id,
    entries.entry_date,
    entries.order_date
from {{ ref('fct_sales_entries') }} as entries
left join {{ ref('fct_orders') }} as orders on entries.order_id = orders.order_id
where
    entries.entry_date is null
    or entries.order_date is null
    or orders.order_date is distinct from entries.order_date
