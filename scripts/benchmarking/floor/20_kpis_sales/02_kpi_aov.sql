-- Average order value, with its percentiles.
create temp table aov_rows as
with returns as (
    select entries.order_id, sum(entries.returns) as order_returns
    from entries
    left join lines on entries.order_line_id = lines.order_line_id
    where entries.kind = 'refund' and lines.added_at is null
    group by entries.order_id
)

select
    orders.order_date as day, orders.order_id, orders.sales_channel, orders.acquisition_channel,
    orders.customer_type, orders.country, orders.industry, orders.account_size_band,
    orders.sales_rep, orders.marketing_channel, orders.campaign, orders.order_value,
    1 as orders_valid, orders.gross_value, coalesce(returns.order_returns, 0) as order_returns,
    orders.tax + orders.shipping as tax_and_shipping,
    cast(orders.order_value != 0 as integer) as orders_with_value
from order_facts as orders
left join returns on orders.order_id = returns.order_id
where orders.is_valid;

create temp table order_products as
select orders.*, coalesce(products.product, '(unknown)') as product_in_order
from aov_rows as orders
left join (
    select distinct order_id, coalesce(product_id, '(unknown)') as product
    from lines
    where added_at is null and not is_gift_card
) as products on orders.order_id = products.order_id;

create temp table aov_cells as
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
    sum(order_value) as order_value, sum(orders_valid) as orders_valid,
    sum(gross_value) as gross_value, sum(order_returns) as order_returns,
    sum(tax_and_shipping) as tax_and_shipping, sum(orders_with_value) as orders_with_value
from aov_rows
group by day, grouping sets (
    (), (sales_channel), (marketing_channel), (acquisition_channel), (campaign), (customer_type),
    (country), (industry), (account_size_band), (sales_rep)
)
union all
select
    day, 'product_in_order', product_in_order, sum(order_value), sum(orders_valid),
    sum(gross_value), sum(order_returns), sum(tax_and_shipping), sum(orders_with_value)
from order_products
group by day, product_in_order;

create temp table aov_periods as from by_period('aov_cells', with_days := true);

create temp table aov_percentiles as
select
    days.grain as period_grain, days.number,
    dimension_of(
        grouping_id(sales_channel, acquisition_channel, customer_type, country, industry,
            account_size_band, sales_rep),
        ['sales_channel', 'acquisition_channel', 'customer_type', 'country', 'industry',
            'account_size_band', 'sales_rep']
    ) as dimension,
    coalesce(sales_channel, acquisition_channel, customer_type, country, industry,
        account_size_band, sales_rep, 'all') as dimension_value,
    quantile_cont(cast(order_value as double), [0.5, 0.9]) as percentiles
from aov_rows
inner join day_periods as days using (day)
group by days.grain, days.number, grouping sets (
    (), (sales_channel), (acquisition_channel), (customer_type), (country), (industry),
    (account_size_band), (sales_rep)
)
union all
select
    days.grain, days.number, 'product_in_order', product_in_order,
    quantile_cont(cast(order_value as double), [0.5, 0.9])
from order_products
inner join day_periods as days using (day)
group by days.grain, days.number, product_in_order;

create table kpi.kpi_aov as
select
    cells.*,
    cells.order_value - cells.order_returns as order_value_net_of_returns,
    cells.order_value + cells.tax_and_shipping as order_value_incl_tax_shipping,
    ratio(cells.order_value, cells.orders_valid) as aov,
    ratio(cells.gross_value, cells.orders_valid) as aov_gross,
    ratio(cells.order_value - cells.order_returns, cells.orders_valid) as aov_net_of_returns,
    ratio(cells.order_value + cells.tax_and_shipping, cells.orders_valid) as aov_incl_tax_shipping,
    round(percentiles.percentiles[1], 9) as aov_median,
    round(percentiles.percentiles[2], 9) as aov_p90,
    ratio(cells.order_value, cells.orders_with_value) as aov_excl_zero_value
from kpi_table(
    'aov_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'],
    ['product_in_order', 'campaign']
) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join aov_percentiles as percentiles
    on cells.period_grain = percentiles.period_grain and periods.number = percentiles.number
    and cells.dimension = percentiles.dimension
    and cells.dimension_value = percentiles.dimension_value;
