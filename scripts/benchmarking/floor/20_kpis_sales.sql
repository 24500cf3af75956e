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

create temp table rep_cells as
with moved as (
    select
        *, min(day) filter (kind = 'new') over (partition by account_id) as first_day
    from mrr_movements
),

rep_rows as (
    select
        day, sales_rep, team, account_size_band,
        case when status = 'won' then share else 0 end as deals_won,
        case when status = 'lost' then share else 0 end as deals_lost,
        case when status = 'won' then coalesce(amount, 0) else 0 end as won_amount,
        0 as mrr_new, 0 as mrr_expansion, 0 as mrr_churned_in_clawback
    from rep_deals
    union all by name
    select
        moved.day, moved.sales_rep, coalesce(sales_reps.team, '(unknown)') as team,
        moved.account_size_band,
        case when moved.kind = 'new' then moved.mrr_change else 0 end as mrr_new,
        case when moved.kind = 'expansion' then moved.mrr_change else 0 end as mrr_expansion,
        case
            when moved.kind = 'churned' and moved.day <= moved.first_day + 90
                then -moved.mrr_change
            else 0
        end as mrr_churned_in_clawback
    from moved
    left join sales_reps
        on moved.sales_rep = sales_reps.sales_rep
        and moved.day >= sales_reps.valid_from and moved.day < sales_reps.valid_to
    where moved.kind in ('new', 'expansion', 'churned')
)

select
    day,
    dimension_of(
        grouping_id(sales_rep, team, account_size_band), ['sales_rep', 'team', 'account_size_band']
    ) as dimension,
    coalesce(sales_rep, team, account_size_band, 'all') as member,
    sum(columns(* exclude (day, sales_rep, team, account_size_band)))
from rep_rows
group by day, grouping sets ((), (sales_rep), (team), (account_size_band));

create temp table rep_periods as from by_period('rep_cells', with_days := true);

create table kpi.kpi_sales_rep as
select
    *,
    deals_won + deals_lost as deals_closed,
    ratio(won_amount, deals_won) as average_deal_amount,
    ratio(deals_won, deals_won + deals_lost) as win_rate,
    ratio(mrr_new, deals_won) as mrr_new_per_deal
from kpi_table('rep_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], []);
