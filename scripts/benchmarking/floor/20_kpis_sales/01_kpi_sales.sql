-- K01, K02, K23, K28.
create temp table sales_rows as
with dated as (
    select *, gross_sales - discounts as net_sales_order_dated from order_days
    union all by name
    select
        entries.order_id, orders.order_date as day,
        -sum(entries.returns + entries.cancellations) as net_sales_order_dated
    from entries
    inner join order_rows as orders on entries.order_id = orders.order_id
    where entries.kind in ('refund', 'cancellation')
    group by all
    union all by name
    select
        order_days.order_id, greatest(order_days.day, orders.invoiced_date) as day,
        order_days.net_sales as net_sales_invoiced
    from order_days
    inner join order_rows as orders
        on order_days.order_id = orders.order_id and orders.invoiced_date is not null
    union all by name
    select order_id, paid_date as day, net_sales_paid from payments
    union all by name
    select
        order_id, order_date as day, 1 as orders_placed, cast(is_valid as integer) as orders_valid
    from order_rows
    where is_eligible
)

select
    dated.* exclude (account_id, net_sales),
    orders.sales_channel, orders.acquisition_channel, orders.customer_type, orders.country,
    orders.industry, orders.account_size_band, orders.sales_rep, orders.marketing_channel,
    orders.campaign
from dated
inner join order_facts as orders on dated.order_id = orders.order_id;

create temp table product_rows as
select
    entries.entry_date as day, entries.product, entries.product_category, entries.gross_sales,
    entries.discounts, entries.returns, entries.cancellations, entries.cogs, entries.units,
    entries.fx_adjustment,
    case when kind in ('refund', 'cancellation') then 0 else gross_sales - discounts end
        as net_sales_order_dated,
    0 as net_sales_invoiced
from entries
where product is not null
union all by name
select
    orders.order_date as day, entries.product, entries.product_category,
    -entries.returns - entries.cancellations as net_sales_order_dated
from entries
inner join order_rows as orders on entries.order_id = orders.order_id
where entries.kind in ('refund', 'cancellation')
union all by name
select
    greatest(entries.entry_date, orders.invoiced_date) as day, entries.product,
    entries.product_category,
    entries.gross_sales - entries.discounts - entries.returns - entries.cancellations
        as net_sales_invoiced
from entries
inner join order_rows as orders
    on entries.order_id = orders.order_id and orders.invoiced_date is not null
where entries.product is not null;

create temp table sales_cells as
select
    day,
    dimension_of(
        grouping_id(sales_channel, marketing_channel, acquisition_channel, campaign, customer_type,
            country, industry, account_size_band, sales_rep),
        ['sales_channel', 'marketing_channel', 'acquisition_channel', 'campaign', 'customer_type',
            'country', 'industry', 'account_size_band', 'sales_rep']
    ) as dimension,
    coalesce(sales_channel, marketing_channel, acquisition_channel, campaign, customer_type,
        country, industry, account_size_band, sales_rep, 'all') as member,
    sum(gross_sales) as gross_sales, sum(discounts) as discounts, sum(returns) as returns,
    sum(cancellations) as cancellations, sum(shipping) as shipping, sum(tax) as tax,
    sum(cogs) as cogs, sum(orders_placed) as orders_placed, sum(orders_valid) as orders_valid,
    sum(units) as units, sum(fx_adjustment) as fx_adjustment,
    sum(net_sales_order_dated) as net_sales_order_dated,
    sum(net_sales_invoiced) as net_sales_invoiced, sum(net_sales_paid) as net_sales_paid
from sales_rows
group by day, grouping sets (
    (), (sales_channel), (marketing_channel), (acquisition_channel), (campaign), (customer_type),
    (country), (industry), (account_size_band), (sales_rep)
)
union all by name
select
    day,
    dimension_of(grouping_id(product, product_category), ['product', 'product_category'])
        as dimension,
    coalesce(product, product_category) as member,
    sum(columns(* exclude (day, product, product_category)))
from product_rows
group by day, grouping sets ((product), (product_category));

create temp table sales_periods as from by_period('sales_cells', with_days := true);

create table kpi.kpi_sales as
select
    * replace (
        case when dimension not in ('product', 'product_category') then shipping end as shipping,
        case when dimension not in ('product', 'product_category') then tax end as tax,
        case when dimension not in ('product', 'product_category') then net_sales_paid end
            as net_sales_paid,
        case when dimension not in ('product', 'product_category') then orders_placed end
            as orders_placed,
        case when dimension not in ('product', 'product_category') then orders_valid end
            as orders_valid
    ),
    gross_sales - discounts - returns - cancellations as net_sales,
    case when dimension not in ('product', 'product_category')
        then net_sales + shipping + tax end as total_sales,
    net_sales + fx_adjustment as net_sales_refund_date_rate,
    net_sales - cogs as gross_margin,
    ratio(net_sales - cogs, net_sales) as gross_margin_rate,
    case when dimension not in ('product', 'product_category')
        then ratio(net_sales, orders_valid) end as net_sales_per_order
from kpi_table(
    'sales_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], ['product', 'campaign']
);
