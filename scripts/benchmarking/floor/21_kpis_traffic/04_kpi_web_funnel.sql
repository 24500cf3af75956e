-- The funnel of the web shop.
create temp table funnel_rows as
select
    day, marketing_channel, device_type, landing_page, customer_type, has_order,
    case when order_at is not null then 4 else shop_steps end as steps,
    hours(started_at, product_view_at) as product_view_hours,
    hours(product_view_at, cart_at) as cart_hours,
    hours(cart_at, checkout_at) as checkout_hours,
    hours(checkout_at, order_at) as order_hours
from web_rows;

create temp table funnel_cells as
select
    day,
    dimension_of(
        grouping_id(marketing_channel, device_type, landing_page, customer_type),
        ['marketing_channel', 'device_type', 'landing_page', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, device_type, landing_page, customer_type, 'all') as member,
    count(*) as sessions,
    count(*) filter (steps >= 1) as sessions_with_product_view,
    count(*) filter (steps >= 2) as sessions_with_cart,
    count(*) filter (steps >= 3) as sessions_with_checkout,
    count(*) filter (steps >= 4) as sessions_with_order,
    count(*) filter (has_order) as sessions_with_order_open,
    count(product_view_hours) as sessions_with_product_view_timed,
    count(cart_hours) as sessions_with_cart_timed,
    count(checkout_hours) as sessions_with_checkout_timed,
    count(order_hours) as sessions_with_order_timed
from funnel_rows
group by day, grouping sets (
    (), (marketing_channel), (device_type), (landing_page), (customer_type)
);

create temp table funnel_periods as from by_period('funnel_cells', with_days := true);

create temp table funnel_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(marketing_channel, device_type, landing_page, customer_type),
        ['marketing_channel', 'device_type', 'landing_page', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, device_type, landing_page, customer_type, 'all') as member,
    round(median(product_view_hours), 9) as sessions_with_product_view_median_hours,
    round(median(cart_hours), 9) as sessions_with_cart_median_hours,
    round(median(checkout_hours), 9) as sessions_with_checkout_median_hours,
    round(median(order_hours), 9) as sessions_with_order_median_hours
from funnel_rows
inner join day_periods as days using (day)
where steps > 0 and product_view_hours is not null
group by days.grain, days.number, grouping sets (
    (), (marketing_channel), (device_type), (landing_page), (customer_type)
);

create table kpi.kpi_web_funnel as
select
    cells.*,
    ratio(sessions_with_order, sessions) as web_funnel_rate,
    ratio(sessions_with_product_view, sessions) as sessions_with_product_view_step_rate,
    ratio(sessions_with_cart, sessions_with_product_view) as sessions_with_cart_step_rate,
    ratio(sessions_with_checkout, sessions_with_cart) as sessions_with_checkout_step_rate,
    ratio(sessions_with_order, sessions_with_checkout) as sessions_with_order_step_rate,
    sessions - sessions_with_product_view as sessions_with_product_view_lost,
    sessions_with_product_view - sessions_with_cart as sessions_with_cart_lost,
    sessions_with_cart - sessions_with_checkout as sessions_with_checkout_lost,
    sessions_with_checkout - sessions_with_order as sessions_with_order_lost,
    medians.* exclude (grain, number, dimension, member),
    ratio(sessions_with_order_open, sessions) as web_funnel_rate_open
from kpi_table(
    'funnel_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], ['landing_page']
) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join funnel_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;
