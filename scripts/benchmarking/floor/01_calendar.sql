-- The data's clock, the periods, and the macros that turn facts into KPI tables.
create table clock as
select
    max(moments.loaded_at) as as_of,
    cast(max(moments.loaded_at) as date) as today,
    least(min(moments.first_date), any_value(costs.first_date)) as history_start,
    min(moments.first_date) filter (moments.table_name in ('web_events', 'web_sessions'))
        as first_visit_date,
    any_value(sales.first_date) as first_order_date
from moments
cross join (
    select min(service_start_date) as first_date from stg.cost_ledger where not is_deleted
) as costs
cross join (
    select min(cast(placed_at as date)) as first_date
    from stg.orders
    where
        order_type = 'sale' and order_status not in ('draft', 'quote')
        and not is_test and not is_deleted
) as sales;

set variable as_of = (select as_of from clock);
set variable today = (select today from clock);

create table days as
select
    cast(day as date) as day,
    cast(date_trunc('week', day) as date) as week,
    cast(date_trunc('month', day) as date) as month,
    cast(date_trunc('quarter', day) as date) as quarter,
    cast(date_trunc('year', day) as date) as year
from (select unnest(generate_series(history_start, today, interval 1 day)) as day from clock);

create table periods as
with spans (grain, starts_on, length) as (
    select distinct 'day', day, interval 1 day from days
    union all select distinct 'week', week, interval 7 day from days
    union all select distinct 'month', month, interval 1 month from days
    union all select distinct 'quarter', quarter, interval 3 month from days
    union all select distinct 'year', year, interval 1 year from days
),

numbered as (
    select
        grain,
        row_number() over (partition by grain order by starts_on) as number,
        starts_on,
        cast(starts_on + length as date) as ends_on
    from spans
),

-- A window of twelve months has the number of its last month.
with_windows as (
    from numbered
    union all
    select 'r12m', number, cast(ends_on - interval 12 month as date), ends_on
    from numbered
    where
        grain = 'month'
        and ends_on - interval 12 month >= (select min(month) from days)
)

select
    grain,
    cast(number as integer) as number,
    starts_on,
    ends_on,
    cast(ends_on as timestamp) <= getvariable('as_of') as is_complete,
    cast(case grain
        when 'day' then starts_on - interval 1 day
        when 'week' then starts_on - interval 7 day
        when 'month' then starts_on - interval 1 month
        when 'quarter' then starts_on - interval 3 month
        else starts_on - interval 1 year
    end as date) as previous_start,
    cast(starts_on - case grain when 'week' then interval 364 day else interval 1 year end as date)
        as year_ago_start,
    cast(ends_on - interval 12 month as date) as year_start
from with_windows;

create table period_days as
select days.day, periods.grain, periods.number
from days
inner join periods
    on periods.starts_on = case periods.grain
        when 'day' then days.day when 'week' then days.week when 'month' then days.month
        when 'quarter' then days.quarter when 'year' then days.year
    end
    and periods.grain != 'r12m';

create table windows as
select months.number as month_number, windows.number
from periods as months
inner join periods as windows
    on months.grain = 'month' and windows.grain = 'r12m'
    and months.number between windows.number - 11 and windows.number;

-- Every period that holds a day.
create table day_periods as
from period_days
union all
select period_days.day, 'r12m', windows.number
from period_days
inner join windows on period_days.grain = 'month' and period_days.number = windows.month_number;

-- Every period, of those but days, whose last twelve months hold a day.
create table year_days as
select days.day, periods.grain, periods.number
from days
inner join periods
    on periods.grain != 'day' and days.day >= periods.year_start and days.day < periods.ends_on;

create schema kpi;

-- The dimension of a grouping set: of its columns, the one that is not summed over.
create macro dimension_of(mask, names) as coalesce(
    names[len(names) - cast(log2(nullif((1 << len(names)) - 1 - mask, 0)) as integer)], 'total'
);

-- Sums by day and member into sums by period; a window adds up its months.
create macro by_period(cells, with_days := false) as table
with calendar as (
    select
        period_days.grain, period_days.number, cells.dimension, cells.member,
        sum(columns(cells.* exclude (day, dimension, member)))
    from query_table(cells) as cells
    inner join period_days on cells.day = period_days.day
    where with_days or period_days.grain != 'day'
    group by all
)

from calendar
union all
select
    'r12m', windows.number, cells.dimension, cells.member,
    sum(columns(cells.* exclude (grain, number, dimension, member)))
from calendar as cells
inner join windows on cells.grain = 'month' and cells.number = windows.month_number
group by all;

-- Rows that hold from one period to another, by grain, number and to_number.
create macro through_periods(cells) as table
select
    periods.grain, periods.number, cells.dimension, cells.member,
    sum(columns(cells.* exclude (grain, from_number, to_number, dimension, member)))
from query_table(cells) as cells
inner join periods
    on cells.grain = periods.grain and periods.number between cells.from_number and cells.to_number
group by all;

-- Sums of all days before each period begins and ends.
create macro to_date(cells) as table
with running as (
    select
        cells.day, cells.dimension, cells.member,
        sum(columns(cells.* exclude (day, dimension, member))) over (
            partition by cells.dimension, cells.member order by cells.day
        )
    from query_table(cells) as cells
),

moments as (
    select grain, number, starts_on, ends_on, dimension, member
    from periods
    cross join (select distinct dimension, member from running)
    where grain != 'day'
)

select
    moments.grain, moments.number, moments.dimension, moments.member,
    struct_pack(* columns(earlier.* exclude (day, dimension, member))) as at_start,
    struct_pack(* columns(later.* exclude (day, dimension, member))) as at_end
from moments
asof left join running as earlier
    on moments.dimension = earlier.dimension and moments.member = earlier.member
    and moments.starts_on > earlier.day
asof left join running as later
    on moments.dimension = later.dimension and moments.member = later.member
    and moments.ends_on > later.day;

-- Sums over the twelve months that end with each period.
create macro over_years(cells) as table
select
    years.grain, years.number, cells.dimension, cells.member,
    sum(columns(cells.* exclude (day, dimension, member)))
from query_table(cells) as cells
inner join year_days as years on cells.day = years.day
group by all;

-- Every period of the grains for every member, those of sparse dimensions only where they are.
create macro kpi_table(cells, grains, sparse) as table
with members as (
    select 'total' as dimension, 'all' as member
    union
    select dimension, member from query_table(cells) where not list_contains(sparse, dimension)
),

frame as (
    select periods.grain, periods.number, members.dimension, members.member
    from periods
    cross join members
    where list_contains(grains, periods.grain)
    union all
    select grain, number, dimension, member
    from query_table(cells)
    where list_contains(sparse, dimension) and list_contains(grains, grain)
)

select
    frame.grain as period_grain,
    periods.starts_on as period_start,
    frame.dimension,
    frame.member as dimension_value,
    coalesce(columns(cells.* exclude (grain, number, dimension, member)), 0)
from frame
inner join periods on frame.grain = periods.grain and frame.number = periods.number
left join query_table(cells) as cells
    on frame.grain = cells.grain and frame.number = cells.number
    and frame.dimension = cells.dimension and frame.member = cells.member;

-- Links from one id to another: every pair that they reach, and where each chain ends.
create macro reached(links) as table
with recursive pairs as (
    select from_id, to_id from query_table(links)
    union
    select pairs.from_id, links.to_id
    from pairs inner join query_table(links) as links on pairs.to_id = links.from_id
)
from pairs;

create macro chain_ends(links) as table
from reached(links) as pairs
where pairs.to_id not in (select links.from_id from query_table(links) as links);

-- Money times a rate or a quantity; amount x part / whole. Half up to four places.
create macro times(amount, factor) as
    cast(cast(amount as decimal(26, 4)) * cast(factor as decimal(18, 8)) as decimal(18, 4));
create macro share_of(amount, part, whole) as cast(cast(
    sign(amount) * sign(part) * sign(whole) * (
        (
            2 * cast(abs(cast(amount as decimal(28, 4))) * 10000 as hugeint)
            * cast(abs(cast(part as decimal(28, 8))) * 100000000 as hugeint)
            + cast(abs(cast(whole as decimal(28, 8))) * 100000000 as hugeint)
        )
        // nullif(2 * cast(abs(cast(whole as decimal(28, 8))) * 100000000 as hugeint), 0)
    ) as decimal(28, 0)
) * 0.0001 as decimal(18, 4));
create macro ratio(numerator, denominator) as
    cast(numerator as double) / nullif(cast(denominator as double), 0);

-- An amount over lines by weight, to the minor unit, by the largest remainder.
-- parts: spread_id, line_id, amount, weight, minor_unit_digits.
create macro spread(parts) as table
with weighted as (
    select
        spread_id,
        line_id,
        sign(amount) as amount_sign,
        cast(abs(cast(amount as decimal(22, 4))) * 10000 as hugeint) as amount_parts,
        cast(10 ** (4 - minor_unit_digits) as hugeint) as unit_parts,
        cast(cast(case
            when max(weight) over same > 0 then greatest(weight, 0)
            when min(weight) over same < 0 then abs(weight)
            else 1
        end as decimal(22, 4)) * 10000 as hugeint) as weight
    from query_table(parts)
    window same as (partition by spread_id)
),

units as (
    select
        *,
        case when amount_parts % unit_parts = 0 then unit_parts else 1 end as unit,
        amount_parts // unit as amount_units,
        sum(weight) over (partition by spread_id) as total_weight,
        amount_units * weight // total_weight as line_units,
        amount_units * weight % total_weight as remainder
    from weighted
)

select
    spread_id,
    line_id,
    cast(amount_sign * cast((line_units + cast(
        row_number() over (partition by spread_id order by remainder desc, line_id)
        <= amount_units - sum(line_units) over (partition by spread_id) as integer
    )) * unit as decimal(28, 0)) * 0.0001 as decimal(18, 4)) as amount
from units;
