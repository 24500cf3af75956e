-- K18 to K22, K30, K24.
create temp table churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary,
    count(*) filter (at_start and at_end) as retained
from account_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (cancel_reason)
)
having dimension = 'total' or member != 'all';

create temp table subscription_churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary
from subscription_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (cancel_reason)
)
having dimension = 'total' or member != 'all';

create temp table list_churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            list_name, cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'list_name', 'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        list_name, cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary
from list_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (list_name), (cancel_reason)
)
having dimension = 'total' or member != 'all';

-- Only a lost unit has a reason; there is no start of which these could be a share.
create macro churn_rates(cells) as table
with counted as (
    select
        period_grain, period_start, dimension, dimension_value, lost, lost_voluntary,
        lost_involuntary,
        case when dimension != 'cancel_reason' then at_start end as at_start,
        case when dimension != 'cancel_reason' then new end as new,
        case when dimension != 'cancel_reason' then reactivated end as reactivated,
        case when dimension != 'cancel_reason' then at_end end as at_end,
        case when dimension != 'cancel_reason' then churn_events end as churn_events,
        case when dimension != 'cancel_reason' then reactivation_events end
            as reactivation_events
    from kpi_table(cells, ['week', 'month', 'quarter', 'year', 'r12m'], [])
)

select
    *,
    at_start - lost as remaining,
    cast(at_start + at_end as decimal(18, 1)) / 2 as average,
    at_start + new as at_start_and_new,
    at_start + new + reactivated as at_start_new_and_reactivated,
    ratio(lost, at_start) as rate,
    ratio(lost, at_start - lost) as rate_over_remaining,
    ratio(lost, at_end) as rate_over_end_active,
    ratio(lost, cast(at_start + at_end as double) / 2) as rate_over_average,
    ratio(lost, at_start + new) as rate_start_plus_new,
    ratio(lost, at_start + new + reactivated) as rate_start_plus_new_and_reactivated,
    ratio(churn_events, at_start) as rate_intra_period,
    ratio(lost_voluntary, at_start) as rate_voluntary,
    ratio(lost_involuntary, at_start) as rate_involuntary,
    case when period_grain = 'month' then 1 - power(1 - ratio(lost, at_start), 12) end
        as rate_annualised
from counted;

create table kpi.kpi_customer_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "customers_\0",
    columns('^(rate).*') as "churn_\0"
from churn_rates('churn_cells');

create table kpi.kpi_subscription_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "subscriptions_\0",
    columns('^(rate).*') as "subscription_churn_\0"
from churn_rates('subscription_churn_cells');

create table kpi.kpi_email_list_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "subscribers_\0",
    columns('^(rate).*') as "email_list_churn_\0"
from churn_rates('list_churn_cells');

create temp view retention_cells as
select grain, number, dimension, member, at_start, retained, at_end, new
from churn_cells
where dimension != 'cancel_reason';

create table kpi.kpi_customer_retention as
select
    period_grain, period_start, dimension, dimension_value,
    at_start as customers_at_start, retained as customers_retained, at_end as customers_at_end,
    new as customers_new, at_end - new as customers_at_end_minus_new,
    ratio(retained, at_start) as retention_rate,
    ratio(at_end, at_start) as retention_rate_end_over_start,
    ratio(at_end - new, at_start) as retention_rate_end_minus_new
from kpi_table('retention_cells', ['week', 'month', 'quarter', 'year', 'r12m'], []);

create temp table retention_cost_cells as
with rows as (
    select
        day, segment, cost_of(scope, amount, ['retention']) as retention_cost,
        cost_of(scope, amount, acquiring()) as acquisition_cost, 0 as new_customers
    from costs
    union all
    select order_date, segment, 0, 0, 1 from new_customers
)

select
    day, case when grouping(segment) = 0 then 'segment' else 'total' end as dimension,
    coalesce(segment, 'all') as member, sum(columns(* exclude (day, segment)))
from rows
group by day, grouping sets ((), (segment));

create temp table retention_cost_periods as
with counted as (
    from by_period('retention_cost_cells')
    union all by name
    select grain, number, dimension, member, retained as customers_retained
    from churn_cells
    where dimension in ('total', 'segment') and retained > 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_retention_cost as
select
    cells.* replace (
        case when exists (from costs where scope = 'retention') then retention_cost end
            as retention_cost
    ),
    case when gaps.period_start is null and exists (from costs where scope = 'retention')
        then ratio(retention_cost, customers_retained) end as retention_cost_per_customer,
    case when of_both.period_start is null and exists (from costs where scope = 'retention')
        then ratio(
            ratio(retention_cost, customers_retained), ratio(acquisition_cost, new_customers)
        ) end as retention_cost_to_cac
from kpi_table('retention_cost_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
left join without_cost(['retention']) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(list_append(acquiring(), 'retention')) as of_both
    on cells.period_grain = of_both.period_grain and cells.period_start = of_both.period_start;

-- Churn by months since the first active day.
create temp table tenure_cells as
with firsts as (
    select account_id, min(active_from) as first_day from account_spells group by account_id
),

tenures as (
    select
        account_id, unnest(range(date_diff('month', first_day, getvariable('today')) + 1)) as month,
        cast(first_day + to_months(cast(month as integer)) as date) as starts_on,
        cast(first_day + to_months(cast(month + 1 as integer)) as date) as ends_on
    from firsts
),

at_risk as (
    select tenures.ends_on as day, tenures.month, later.account_id is null as is_lost
    from tenures
    inner join account_spells as spells
        on tenures.account_id = spells.account_id
        and tenures.starts_on >= spells.active_from and tenures.starts_on < spells.active_to
    left join account_spells as later
        on tenures.account_id = later.account_id
        and tenures.ends_on >= later.active_from and tenures.ends_on < later.active_to
    where tenures.ends_on <= getvariable('today')
)

select
    day, case when grouping(month) = 0 then 'tenure_month' else 'total' end as dimension,
    coalesce(cast(month as varchar), 'all') as member, count(*) as customers_at_risk,
    count(*) filter (is_lost) as customers_lost
from at_risk
group by day, grouping sets ((), (month));

create temp table tenure_periods as from by_period('tenure_cells');

create table kpi.kpi_churn_by_tenure as
select
    *,
    ratio(customers_lost, customers_at_risk) as churn_hazard,
    case
        when row_number() over tenure = cast(case when dimension = 'tenure_month'
            then dimension_value end as integer) + 1
            then round(product(1 - ratio(customers_lost, customers_at_risk)) over tenure, 12)
    end as survival
from kpi_table('tenure_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['tenure_month'])
window tenure as (
    partition by period_grain, period_start, dimension
    order by cast(case when dimension = 'tenure_month' then dimension_value end as integer)
    rows between unbounded preceding and current row
);

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

-- Cohorts by the month of the first order. A cohort has no month before its own.
create temp table cohort_cells as
with rows as (
    select
        cast(greatest(day, coalesce(date_trunc('month', first_order_date), day)) as date) as day,
        cohort_month, ever, net_sales, margin
    from brought_days
)

select
    day, case when grouping(cohort_month) = 0 then 'cohort_month' else 'total' end as dimension,
    coalesce(cohort_month, 'all') as member,
    sum(ever) as cohort_customers, sum(net_sales) as net_sales_to_date,
    sum(margin) as margin_to_date
from rows
group by day, grouping sets ((), (cohort_month));

create temp table cohort_periods as
select grain, number, dimension, member, at_end.*
from to_date('cohort_cells')
where grain = 'month';

create table kpi.kpi_cohort_value as
select
    *,
    ratio(net_sales_to_date, cohort_customers) as cohort_value,
    ratio(margin_to_date, cohort_customers) as cohort_value_margin,
    date_diff('month', try_cast(dimension_value || '-01' as date), period_start)
        as months_since_first_order
from kpi_table('cohort_periods', ['month'], [])
where coalesce(try_cast(dimension_value || '-01' as date) <= period_start, true);

create temp table cohort_orders as
with ordering as (
    select distinct
        months.number, strftime(customers.first_order_date, '%Y-%m') as cohort_month,
        orders.account_id
    from order_rows as orders
    inner join customers on orders.account_id = customers.account_id
    inner join period_days as months on orders.order_date = months.day and months.grain = 'month'
    where orders.is_valid
)

select
    cells.grain, cells.number, cells.dimension, cells.member, cells.at_end.cohort_customers,
    coalesce(orders.customers_ordering, 0) as customers_ordering
from to_date('cohort_cells') as cells
left join (
    select
        number, case when grouping(cohort_month) = 0 then 'cohort_month' else 'total' end
            as dimension,
        coalesce(cohort_month, 'all') as member, count(*) as customers_ordering
    from ordering
    group by number, grouping sets ((), (cohort_month))
) as orders
    on cells.number = orders.number and cells.dimension = orders.dimension
    and cells.member = orders.member
where cells.grain = 'month' and cells.member != '(unknown)';

create table kpi.kpi_cohort_retention as
select
    *,
    ratio(customers_ordering, cohort_customers) as cohort_retention_rate,
    date_diff('month', try_cast(dimension_value || '-01' as date), period_start)
        as months_since_first_order
from kpi_table('cohort_orders', ['month'], [])
where coalesce(try_cast(dimension_value || '-01' as date) <= period_start, true);

-- Lifetime: what the twelve months that end with a period say. Everything is summed by day first.
create temp table lifetime_day_cells as
with rows as (
    select
        orders.order_date as day, orders.segment, orders.industry, orders.account_size_band,
        orders.acquisition_channel,
        coalesce(strftime(customers.first_order_date, '%Y-%m'), '(unknown)') as cohort_month,
        orders.order_value, orders.order_value - orders.cogs as gross_margin, 1 as orders_valid,
        cast(orders.is_first_order as integer) as new_customers, 0 as acquisition_cost
    from order_facts as orders
    left join customers on orders.account_id = customers.account_id
    where orders.is_valid
    union all
    select
        day, segment, '(unallocated)', '(unallocated)', marketing_channel, '(unallocated)',
        0, 0, 0, 0, amount
    from costs
    where list_contains(acquiring(), scope)
)

select
    day,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, cohort_month),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, cohort_month, 'all')
        as member,
    sum(order_value) as order_value, sum(gross_margin) as gross_margin,
    sum(orders_valid) as orders_valid, sum(new_customers) as new_customers,
    sum(acquisition_cost) as acquisition_cost, 0 as monthly_customers_at_start,
    0 as monthly_customers_lost
from rows
group by day, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (cohort_month)
)
union all
select
    least(ends_on - 1, getvariable('today')),
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, cohort_month),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month']
    ),
    coalesce(segment, industry, account_size_band, acquisition_channel, cohort_month, 'all'),
    0, 0, 0, 0, 0, count(*) filter (at_start), count(*) filter (is_lost)
from (
    select
        states.*, coalesce(strftime(customers.first_order_date, '%Y-%m'), '(unknown)')
            as cohort_month
    from account_periods as states
    left join customers on states.unit = customers.account_id
    where states.grain = 'month'
)
group by ends_on, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (cohort_month)
);

-- Who was active twelve months before the end, and who of them is no longer.
create temp table year_states as
with starts as (
    select
        spells.account_id, periods.grain, periods.number, periods.year_start, periods.ends_on
    from account_spells as spells
    inner join periods
        on periods.grain != 'day'
        and spells.active_from < periods.year_start and spells.active_to >= periods.year_start
),

states as (
    select
        starts.grain, starts.number, ending.account_id is null as is_lost,
        members.segment, members.industry, members.account_size_band, members.acquisition_channel,
        coalesce(strftime(customers.first_order_date, '%Y-%m'), '(unknown)') as cohort_month
    from starts
    left join account_spells as ending
        on starts.account_id = ending.account_id
        and starts.ends_on > ending.active_from and starts.ends_on <= ending.active_to
    left join members
        on starts.account_id = members.account_id
        and starts.year_start >= members.valid_from and starts.year_start < members.valid_to
    left join customers on starts.account_id = customers.account_id
)

select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, cohort_month),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, cohort_month, 'all')
        as member,
    count(*) as customers_at_start, count(*) filter (is_lost) as customers_lost
from states
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (cohort_month)
);

-- Days before a date are, over all edges before it, their distance to it: starts add, ends
-- subtract.
create temp table active_year_days as
with running as (
    select
        day, dimension, member,
        sum(accounts) over of_member as accounts, sum(account_days) over of_member as account_days
    from active_edges
    window of_member as (partition by dimension, member order by day)
),

moments as (
    select
        grain, number, year_start,
        least(ends_on, cast(getvariable('today') + 1 as date)) as ends_on, dimension, member
    from periods
    cross join (select distinct dimension, member from running)
    where grain != 'day'
)

select
    moments.grain, moments.number, moments.dimension, moments.member,
    later.accounts as customers_at_end,
    date_diff('day', date '1970-01-01', moments.ends_on) * later.accounts - later.account_days
    - coalesce(
        date_diff('day', date '1970-01-01', moments.year_start) * earlier.accounts
        - earlier.account_days, 0
    ) as account_days
from moments
asof join running as later
    on moments.dimension = later.dimension and moments.member = later.member
    and moments.ends_on > later.day
asof left join running as earlier
    on moments.dimension = earlier.dimension and moments.member = earlier.member
    and moments.year_start > earlier.day;

create temp table lifetime_periods as
with counted as (
    from over_years('lifetime_day_cells')
    union all by name
    from year_states
    union all by name
    from active_year_days where customers_at_end != 0 or account_days != 0
    union all by name
    select grain, number, dimension, member, customers_ever, net_sales_to_date, margin_to_date
    from brought
    where
        dimension != 'first_product_category'
        and (customers_ever != 0 or net_sales_to_date != 0 or margin_to_date != 0)
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create temp table lifetimes as
with windowed as (
    select
        cells.*, periods.number, gaps.number is not null as is_cost_missing,
        coalesce(
            periods.year_start < (select date_trunc('month', first_order_date) from clock), true
        ) as is_before_history
    from kpi_table('lifetime_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
    inner join periods
        on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
    left join (
        select distinct periods.grain, periods.number
        from periods
        inner join cost_gaps
            on list_contains(acquiring(), cost_gaps.scope)
            and periods.ends_on > cost_gaps.month
            and periods.year_start < cost_gaps.month + interval 1 month
    ) as gaps on periods.grain = gaps.grain and periods.number = gaps.number
),

lived as (
    select
        *,
        case
            when is_before_history then null
            when customers_at_start > 10 * customers_lost then cast(10 as double)
            else ratio(customers_at_start, customers_lost)
        end as lifetime_years,
        cast(account_days as double) / 365 as account_years
    from windowed
)

select
    *,
    ratio(order_value, account_years) as yearly_value,
    ratio(gross_margin, account_years) as yearly_margin,
    case
        when dimension in ('total', 'segment', 'acquisition_channel') and not is_cost_missing
            then ratio(acquisition_cost, new_customers)
    end as cac,
    (1 - power(1.1, -floor(lifetime_years))) / 0.1
    + (lifetime_years - floor(lifetime_years)) * power(1.1, -floor(lifetime_years) - 1)
        as discounted_years
from lived;

create table kpi.kpi_clv as
select
    period_grain, period_start, dimension, dimension_value, order_value, gross_margin,
    acquisition_cost, net_sales_to_date, margin_to_date, orders_valid, account_days,
    customers_at_start, customers_lost, monthly_customers_at_start, monthly_customers_lost,
    customers_ever, new_customers, cast(account_years as decimal(18, 8)) as account_years,
    lifetime_years,
    yearly_value * lifetime_years as clv,
    yearly_margin * lifetime_years as clv_margin,
    yearly_value * discounted_years as clv_discounted,
    yearly_margin * discounted_years as clv_margin_discounted,
    ratio(net_sales_to_date, customers_ever) as clv_historical,
    ratio(margin_to_date, customers_ever) as clv_historical_margin,
    yearly_value * lifetime_years - cac as clv_net_of_cac,
    case when not is_before_history
        then ratio(yearly_margin / 12, ratio(monthly_customers_lost, monthly_customers_at_start))
    end as clv_churn_based
from lifetimes;

create table kpi.kpi_unit_economics as
select
    period_grain, period_start, dimension, dimension_value, order_value, gross_margin,
    acquisition_cost, orders_valid, account_days, customers_at_start, customers_lost,
    new_customers, cast(account_years as decimal(18, 8)) as account_years, lifetime_years,
    ratio(yearly_value * lifetime_years, cac) as clv_to_cac,
    case when not is_before_history then ratio(cac, greatest(yearly_margin, 0) / 12) end
        as cac_payback_months
from lifetimes
where dimension in ('total', 'segment', 'acquisition_channel');

create table kpi.kpi_customer_equity as
select
    period_grain, period_start, dimension, dimension_value, gross_margin, account_days,
    customers_at_start, customers_lost, customers_at_end,
    cast(account_years as decimal(18, 8)) as account_years, lifetime_years,
    customers_at_end * yearly_margin * lifetime_years as customer_equity,
    customers_at_end * yearly_margin * discounted_years as customer_equity_discounted
from lifetimes
where dimension in ('total', 'segment', 'industry', 'account_size_band', 'acquisition_channel')
    -- Members that only bear cost are none of this table.
    and (dimension, dimension_value) in (
        select dimension, member
        from lifetime_periods
        where gross_margin != 0 or customers_at_start != 0 or account_days != 0
    );
