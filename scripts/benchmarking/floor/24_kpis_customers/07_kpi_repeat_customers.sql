-- The category of the dearest line of a customer's first order.
create table first_categories as
select
    customers.account_id,
    arg_min(
        coalesce(lines.product_category, '(unknown)'),
        (-times(lines.net, lines.fx_rate), lines.order_line_id)
    ) as product_category
from customers
inner join lines
    on customers.first_order_id = lines.order_id
    and not lines.is_gift_card and lines.added_at is null
group by customers.account_id;

-- What accounts brought by a day. Where an account gets other members, what it brought goes along.
create temp table brought_days as
with events as (
    select
        account_id, day, 0 as ever, 0 as again, 0 as again_raw, net_sales,
        net_sales - cogs as margin
    from account_days
    union all
    select account_id, first_order_date, 1, 0, 0, 0, 0 from customers
    union all
    select account_id, second_order_day, 0, 1, 0, 0, 0 from customers
    where second_order_day is not null
    union all
    select account_id, second_order_date, 0, 0, 1, 0, 0 from customers
    where second_order_date is not null
),

moved as (
    select
        members.account_id, members.valid_from as day,
        sum(ever) as ever, sum(again) as again, sum(again_raw) as again_raw,
        sum(net_sales) as net_sales, sum(margin) as margin,
        any_value(members) as later,
        any_value(earlier) as earlier
    from members
    inner join members as earlier
        on members.account_id = earlier.account_id and members.valid_from = earlier.valid_to
    inner join events
        on members.account_id = events.account_id and events.day < members.valid_from
    where members.valid_from <= getvariable('today')
    group by members.account_id, members.valid_from
),

rows as (
    select
        events.* exclude (account_id), events.account_id, members.segment, members.industry,
        members.account_size_band, members.acquisition_channel
    from events
    left join members
        on events.account_id = members.account_id
        and events.day >= members.valid_from and events.day < members.valid_to
    union all
    select
        day, ever, again, again_raw, net_sales, margin, account_id, later.segment,
        later.industry, later.account_size_band, later.acquisition_channel
    from moved
    union all
    select
        day, -ever, -again, -again_raw, -net_sales, -margin, account_id, earlier.segment,
        earlier.industry, earlier.account_size_band, earlier.acquisition_channel
    from moved
)

select
    rows.* exclude (account_id),
    coalesce(strftime(customers.first_order_date, '%Y-%m'), '(unknown)') as cohort_month,
    coalesce(categories.product_category, '(unknown)') as first_product_category,
    customers.first_order_date
from rows
left join customers on rows.account_id = customers.account_id
left join first_categories as categories on rows.account_id = categories.account_id;

create temp table brought_cells as
select
    day,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, cohort_month,
            first_product_category),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month',
            'first_product_category']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, cohort_month,
        first_product_category, 'all') as member,
    sum(ever) as customers_ever, sum(again) as customers_repeat,
    sum(again_raw) as customers_repeat_raw, sum(net_sales) as net_sales_to_date,
    sum(margin) as margin_to_date
from brought_days
group by day, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (cohort_month),
    (first_product_category)
);

create temp table brought as
select grain, number, dimension, member, at_end.*
from to_date('brought_cells');

-- Repeat customers: by the first order of an account in each period.
create temp table repeat_customer_rows as
select
    orders.account_id, orders.order_date as day, orders.placed_at, orders.order_id,
    orders.acquisition_channel, orders.industry, orders.segment,
    coalesce(categories.product_category, '(unknown)') as first_product_category,
    orders.is_first_order,
    coalesce(customers.second_order_day <= customers.first_order_date + 365, false) as is_repeated
from order_facts as orders
inner join customers on orders.account_id = customers.account_id
left join first_categories as categories on orders.account_id = categories.account_id
where orders.is_valid;

create temp table repeat_customer_spells as
with firsts as (
    select rows.*, periods.grain, periods.number
    from repeat_customer_rows as rows
    inner join period_days as periods on rows.day = periods.day and periods.grain != 'day'
    qualify row_number() over (
        partition by rows.account_id, periods.grain, periods.number
        order by rows.day, rows.placed_at, rows.order_id
    ) = 1
),

spelled as (
    select *, number as from_number, number as to_number from firsts
    union all
    select
        * replace ('r12m' as grain),
        greatest(number, coalesce(lag(number) over months + 12, number)), number + 11
    from firsts
    where grain = 'month'
    window months as (partition by account_id order by number)
)

select
    grain, from_number, to_number,
    dimension_of(
        grouping_id(acquisition_channel, industry, segment, first_product_category),
        ['acquisition_channel', 'industry', 'segment', 'first_product_category']
    ) as dimension,
    coalesce(acquisition_channel, industry, segment, first_product_category, 'all') as member,
    count(*) as customers_in_period
from spelled
group by grain, from_number, to_number, grouping sets (
    (), (acquisition_channel), (industry), (segment), (first_product_category)
);

create temp table repeat_customer_cells as
select
    day,
    dimension_of(
        grouping_id(acquisition_channel, industry, segment, first_product_category),
        ['acquisition_channel', 'industry', 'segment', 'first_product_category']
    ) as dimension,
    coalesce(acquisition_channel, industry, segment, first_product_category, 'all') as member,
    count(*) as new_customers, count(*) filter (is_repeated) as new_customers_repeat_365d
from repeat_customer_rows
where is_first_order
group by day, grouping sets (
    (), (acquisition_channel), (industry), (segment), (first_product_category)
);

create temp table repeat_customer_periods as
with counted as (
    from by_period('repeat_customer_cells')
    union all by name
    from through_periods('repeat_customer_spells')
    union all by name
    select grain, number, dimension, member, customers_ever, customers_repeat, customers_repeat_raw
    from brought
    where
        dimension in (
            'total', 'acquisition_channel', 'industry', 'segment', 'first_product_category'
        )
        and customers_ever is not null
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_repeat_customers as
select
    *,
    customers_in_period - new_customers as customers_in_period_returning,
    ratio(customers_repeat, customers_ever) as repeat_customer_rate,
    ratio(customers_in_period - new_customers, customers_in_period)
        as repeat_customer_rate_in_period,
    ratio(new_customers_repeat_365d, new_customers) as repeat_customer_rate_within_365d,
    ratio(customers_repeat_raw, customers_ever) as repeat_customer_rate_raw_orders
from kpi_table(
    'repeat_customer_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []
);
