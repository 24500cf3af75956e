-- Money of accepted lines, less the discounts of their orders, is the money of the sale entries,
-- to the last unit, in the currency of each order. What is missing here was lost on the way.
with delivered as (
    select
        lines.order_id,
        sum(
            cast(cast(lines.quantity as decimal(26, 4)) * lines.unit_price as decimal(18, 4))
            - coalesce(lines.line_discount_amount, 0)
        ) as amount,
        bool_or(priced.line_exclusion_reason is null or priced.line_exclusion_reason = 'gift_card')
            as has_counted_line
    from {{ ref('int_order_lines__checked') }} as lines
    left join {{ ref('int_order_lines__priced') }} as priced
        on lines.order_line_id = priced.order_line_id
    where lines.reject_reason is null
    group by lines.order_id
),

expected as (
    select
        orders.order_id,
        orders.prices_include_tax,
        coalesce(delivered.amount, 0)
        - case when delivered.has_counted_line then orders.order_discount_amount else 0 end
            as amount
    from {{ ref('int_orders__checked') }} as orders
    left join delivered on orders.order_id = delivered.order_id
    where orders.reject_reason is null
),

line_taxes as (
    select
        order_id,
        sum(tax_local) as tax_local
    from {{ ref('int_order_lines__priced') }}
    group by order_id
),

entered as (
    select
        order_id,
        sum(net_sales_local) as amount
    from {{ ref('fct_sales_entries') }}
    where entry_type in ('sale', 'added_line')
    group by order_id
)

select
    expected.order_id,
    expected.amount as expected_amount,
    entered.amount as entered_amount
from expected
left join entered on expected.order_id = entered.order_id
left join line_taxes on expected.order_id = line_taxes.order_id
where
    expected.amount
    - case when expected.prices_include_tax then coalesce(line_taxes.tax_local, 0) else 0 end
    != coalesce(entered.amount, 0)
