-- Conversion: what visitors do, in each member in which they visit in the same period.
create temp table acts as
select
    numbers.visitor, orders.order_date as day, weeks.number as week, months.number as month,
    1 as orders, orders.order_value, cast(orders.is_first_order as integer) as first_orders,
    0 as forms
from order_facts as orders
inner join visitor_numbers as numbers on orders.visitor_id = numbers.visitor_id
inner join period_days as weeks on orders.order_date = weeks.day and weeks.grain = 'week'
inner join period_days as months on orders.order_date = months.day and months.grain = 'month'
where orders.is_valid
union all
select rows.visitor, rows.day, rows.week, months.number, 0, 0, 0, 1
from web_rows as rows
inner join period_days as months on rows.day = months.day and months.grain = 'month'
where rows.has_form_submit;

create temp table actor_masks as
select masks.* exclude (repeats)
from visitor_masks as masks
where
    masks.visitor in (select visitor from acts)
    and masks.dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    );

create temp table acting as
with act_masks as (
    select
        visitor,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (orders > 0), 0) as orders,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (forms > 0), 0) as forms,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (first_orders > 0), 0) as first_orders
    from acts
    group by visitor
),

grouped as (
    select
        dimension, member, visits, orders, forms, first_orders, count(*) as visitors
    from actor_masks
    inner join act_masks using (visitor)
    group by all
),

act_weeks as (
    select
        visitor, week, sum(orders) as orders, sum(forms) as forms,
        sum(first_orders) as first_orders, sum(order_value) as order_value
    from acts
    group by visitor, week
),

month_sums as (
    select
        masks.dimension, masks.member, masks.visits, acts.month,
        sum(acts.orders) as orders, sum(acts.order_value) as order_value
    from actor_masks as masks
    inner join acts on masks.visitor = acts.visitor and acts.orders > 0
    group by all
)

select
    periods.grain, periods.number, dimension, member,
    coalesce(sum(visitors) filter (orders & periods.mask != 0), 0) as visitors_with_order,
    coalesce(sum(visitors) filter (forms & periods.mask != 0), 0) as visitors_with_form,
    coalesce(sum(visitors) filter ((orders | forms) & periods.mask != 0), 0)
        as visitors_with_action,
    coalesce(sum(visitors) filter (first_orders & periods.mask != 0), 0) as visitors_new_customer,
    0 as orders_from_visitors, 0 as order_value_from_visitors
from grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    periods.grain, periods.number, dimension, member, 0, 0, 0, 0, sum(orders), sum(order_value)
from month_sums
inner join month_masks as periods
    on month_sums.visits & periods.mask != 0
    and (cast(1 as hugeint) << month_sums.month) & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', week, dimension, member,
    count(*) filter (orders > 0), count(*) filter (forms > 0),
    count(*), count(*) filter (first_orders > 0), sum(orders), sum(order_value)
from visitor_weeks
inner join act_weeks using (visitor, week)
where dimension in (
    'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
)
group by week, dimension, member;

-- Orders within so many days of the first visit of the period. In a window that is the first of
-- its first month with one.
create temp table soon as
with first_visits as (
    select
        rows.visitor, periods.grain, periods.number, min(rows.day) as day
    from web_rows as rows
    inner join period_days as periods on rows.day = periods.day and periods.grain != 'day'
    where rows.visitor in (select visitor from acts where orders > 0)
    group by all
),

spelled as (
    select visitor, grain, number as from_number, number as to_number, day from first_visits
    union all
    select
        visitor, 'r12m',
        greatest(number, coalesce(lag(number) over months + 12, number)), number + 11, day
    from first_visits
    where grain = 'month'
    window months as (partition by visitor order by number)
),

ordered as (
    select
        spelled.visitor, spelled.grain, spelled.from_number, spelled.to_number,
        bool_or(acts.day <= spelled.day + 30) as is_within_30d
    from spelled
    inner join acts
        on spelled.visitor = acts.visitor and acts.orders > 0
        and acts.day between spelled.day and spelled.day + 90
    group by all
),

grouped as (
    select
        masks.dimension, masks.member, masks.visits, ordered.grain, ordered.from_number,
        ordered.to_number, count(*) as visitors,
        count(*) filter (ordered.is_within_30d) as visitors_30d
    from ordered
    inner join actor_masks as masks on ordered.visitor = masks.visitor
    where ordered.grain != 'week'
    group by all
)

select
    periods.grain, periods.number, dimension, member,
    sum(visitors_30d) as visitors_with_order_within_30d,
    sum(visitors) as visitors_with_order_within_90d
from grouped
inner join month_masks as periods
    on grouped.grain = periods.grain
    and periods.number between grouped.from_number and grouped.to_number
    and grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', ordered.from_number, weeks.dimension, weeks.member,
    count(*) filter (ordered.is_within_30d), count(*)
from ordered
inner join visitor_weeks as weeks
    on ordered.visitor = weeks.visitor and ordered.from_number = weeks.week
where
    ordered.grain = 'week'
    and weeks.dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    )
group by ordered.from_number, weeks.dimension, weeks.member;

create temp table conversion_cells as
select
    day,
    dimension_of(
        grouping_id(marketing_channel, campaign, device_type, country, customer_type),
        ['marketing_channel', 'campaign', 'device_type', 'country', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, campaign, device_type, country, customer_type, 'all') as member,
    count(*) as sessions, count(*) filter (has_order) as sessions_with_order,
    0 as orders_valid, 0 as orders_without_visitor
from web_rows
group by day, grouping sets (
    (), (marketing_channel), (campaign), (device_type), (country), (customer_type)
)
union all
select
    order_date, 'total', 'all', 0, 0, count(*), count(*) filter (visitor_id is null)
from order_facts
where is_valid
group by order_date;

create temp table conversion_periods as
with counted as (
    from by_period('conversion_cells')
    union all by name
    select grain, number, dimension, member, visitors
    from visitor_counts
    where dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    )
    union all by name
    from acting
    union all by name
    from soon
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_visitor_conversion as
select
    * replace (
        case when dimension = 'total' then orders_valid end as orders_valid,
        case when dimension = 'total' then orders_without_visitor end as orders_without_visitor
    ),
    case when dimension = 'total' then orders_valid - orders_from_visitors - orders_without_visitor
    end as orders_without_visit,
    ratio(visitors_with_order, visitors) as visitor_conversion_rate,
    ratio(orders_from_visitors, visitors) as orders_per_visitor,
    ratio(sessions_with_order, sessions) as session_conversion_rate,
    ratio(visitors_with_form, visitors) as visitor_form_rate,
    ratio(visitors_with_action, visitors) as visitor_action_rate,
    ratio(visitors_new_customer, visitors) as visitor_new_customer_rate,
    ratio(visitors_with_order_within_30d, visitors) as visitor_conversion_rate_within_30d,
    ratio(visitors_with_order_within_90d, visitors) as visitor_conversion_rate_within_90d,
    ratio(order_value_from_visitors, visitors) as revenue_per_visitor
from kpi_table('conversion_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']);
