-- M4: goods, tax and shipping of which nothing is left in their own currency are exactly 0 in the
-- reporting currency.
select
    order_id,
    sum(gross_sales - discounts - returns - cancellations) as net_sales,
    sum(tax) as tax,
    sum(shipping) as shipping
from {{ ref('fct_sales_entries') }}
where is_eligible
group by order_id
having
    (
        sum(net_sales_local) = 0
        and count(*) filter (where returns != 0 or cancellations != 0) > 0
        and sum(gross_sales - discounts - returns - cancellations) != 0
    )
    or (sum(tax_local) = 0 and sum(tax) != 0)
    or (sum(shipping_local) = 0 and sum(shipping) != 0)
