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
