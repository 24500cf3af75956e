-- R4: what was cancelled as a whole, at once or line by line, keeps no goods, tax or shipping; only
-- what was refunded twice can leave less than 0.
with cancelled_orders as (
    select order_id
    from {{ ref('fct_orders') }}
    where is_eligible and not is_valid_order
)

select
    entries.order_id,
    sum(entries.net_sales_local) as net_sales_local,
    sum(entries.tax_local) as tax_local,
    sum(entries.shipping_local) as shipping_local
from {{ ref('fct_sales_entries') }} as entries
inner join cancelled_orders on entries.order_id = cancelled_orders.order_id
where entries.is_eligible
group by entries.order_id
having
    sum(entries.net_sales_local) > 0
    or sum(entries.tax_local) > 0
    or sum(entries.shipping_local) > 0
    or (
        count(*) filter (where entries.refund_kind is not null) = 0
        and (
            sum(entries.net_sales_local) != 0
            or sum(entries.tax_local) != 0
            or sum(entries.shipping_local) != 0
        )
    )
