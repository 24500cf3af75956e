-- Refunds: by their own date, and by the date of their order.
create temp table refund_rows as
with refunds as (
    select
        entries.order_id, entries.entry_date, orders.order_date, orders.is_valid,
        entries.product, entries.product_category,
        coalesce(reasons.reason_group, '(unknown)') as reason_group, orders.sales_channel,
        orders.country, entries.returns, entries.units_returned,
        entries.refund_kind = 'return' or entries.units_returned != 0 as is_goods_return,
        lines.added_at is null as is_placed
    from entries
    inner join order_facts as orders on entries.order_id = orders.order_id
    left join lines on entries.order_line_id = lines.order_line_id
    left join config.return_reason_groups as reasons on lower(entries.reason) = reasons.reason
    where entries.kind = 'refund'
)

select
    entry_date as day, order_id, product, product_category, reason_group, sales_channel, country,
    returns as refunds, 0 as order_value, 0 as refunds_of_orders, 0 as refunds_with_return,
    0 as refunds_without_return, 0 as refunds_quality, 0 as units, 0 as units_returned,
    false as is_of_order
from refunds
union all by name
select
    order_date as day, order_id, product, product_category, reason_group, sales_channel, country,
    returns as refunds_of_orders,
    case when is_goods_return then returns else 0 end as refunds_with_return,
    case when is_goods_return then 0 else returns end as refunds_without_return,
    case when reason_group = 'quality' then returns else 0 end as refunds_quality,
    units_returned, true as is_of_order
from refunds
where is_placed and is_valid
union all by name
select
    orders.order_date as day, orders.order_id,
    coalesce(entries.product, '(unknown)') as product,
    coalesce(entries.product_category, '(unknown)') as product_category,
    orders.sales_channel, orders.country,
    coalesce(entries.gross_sales - entries.discounts, 0) as order_value,
    coalesce(entries.units, 0) as units, true as is_of_order
from order_facts as orders
left join entries
    on orders.order_id = entries.order_id and entries.kind = 'sale' and not entries.is_added
where orders.is_valid;

create temp table refund_cells as
with by_row as (
    select
        day,
        dimension_of(
            grouping_id(product, product_category, reason_group, sales_channel, country),
            ['product', 'product_category', 'reason_group', 'sales_channel', 'country']
        ) as dimension,
        coalesce(product, product_category, reason_group, sales_channel, country, 'all') as member,
        sum(refunds) as refunds, sum(order_value) as order_value,
        sum(refunds_of_orders) as refunds_of_orders,
        sum(refunds_with_return) as refunds_with_return,
        sum(refunds_without_return) as refunds_without_return,
        sum(refunds_quality) as refunds_quality, sum(units) as units,
        sum(units_returned) as units_returned
    from refund_rows
    group by day, grouping sets (
        (), (product), (product_category), (reason_group), (sales_channel), (country)
    )
    having dimension = 'total' or member != 'all'
),

-- An order counts once in each member that it has.
by_order as (
    select
        day, order_id,
        dimension_of(
            grouping_id(product, product_category, reason_group, sales_channel, country),
            ['product', 'product_category', 'reason_group', 'sales_channel', 'country']
        ) as dimension,
        coalesce(product, product_category, reason_group, sales_channel, country, 'all') as member,
        coalesce(sum(refunds_of_orders), 0) > 0 as is_refunded
    from refund_rows
    where is_of_order
    group by day, order_id, grouping sets (
        (), (product), (product_category), (reason_group), (sales_channel), (country)
    )
    having dimension = 'total' or member != 'all'
)

from by_row
union all by name
select
    day, dimension, member, count(*) as orders_valid,
    count(*) filter (is_refunded) as orders_refunded
from by_order
group by day, dimension, member;

create temp table refund_periods as from by_period('refund_cells');

create table kpi.kpi_refunds as
select
    * replace (
        case when dimension != 'reason_group' then order_value end as order_value,
        case when dimension != 'reason_group' then orders_valid end as orders_valid,
        case when dimension != 'reason_group' then units end as units
    ),
    case when dimension != 'reason_group' then ratio(refunds, order_value) end as refund_rate,
    case when dimension != 'reason_group' then ratio(refunds_of_orders, order_value) end
        as refund_rate_cohort,
    case when dimension != 'reason_group' then ratio(orders_refunded, orders_valid) end
        as refund_rate_orders,
    case when dimension != 'reason_group' then ratio(units_returned, units) end
        as return_rate_units,
    case when dimension != 'reason_group' then ratio(refunds_with_return, order_value) end
        as return_rate_value,
    case when dimension != 'reason_group' then ratio(refunds_without_return, order_value) end
        as refund_rate_without_return,
    ratio(refunds_quality, refunds_of_orders) as refund_share_quality
from kpi_table('refund_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['product']);
