with dates as (
    select date_day, week_start, month_start, quarter_start, year_start
    from {{ ref('dim_dates') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

spans as (
    select distinct
        'day' as period_grain,
        date_day as period_start,
        cast(date_day + interval 1 day as date) as period_end
    from dates
    union all
    select distinct
        'week' as period_grain,
        week_start as period_start,
        cast(week_start + interval 7 day as date) as period_end
    from dates
    union all
    select distinct
        'month' as period_grain,
        month_start as period_start,
        cast(month_start + interval 1 month as date) as period_end
    from dates
    union all
    select distinct
        'quarter' as period_grain,
        quarter_start as period_start,
        cast(quarter_start + interval 3 month as date) as period_end
    from dates
    union all
    select distinct
        'year' as period_grain,
        year_start as period_start,
        cast(year_start + interval 1 year as date) as period_end
    from dates
),

months as (
    select
        period_start,
        period_end,
        min(period_start) over () as first_month_start,
        row_number() over (order by period_start) as month_index
    from spans
    where period_grain = 'month'
),

indexed as (
    select
        period_grain,
        row_number() over (partition by period_grain order by period_start) as period_index,
        period_start,
        period_end
    from spans
    union all
    -- A window of twelve months has the index of its last month; those that would start before
    -- the first month do not exist.
    select
        'r12m' as period_grain,
        month_index as period_index,
        cast(period_end - interval 12 month as date) as period_start,
        period_end
    from months
    where cast(period_end - interval 12 month as date) >= first_month_start
),

final as (
    select
        indexed.period_grain,
        cast(indexed.period_index as integer) as period_index,
        indexed.period_start,
        indexed.period_end,
        {{ reporting_midnight('indexed.period_end') }} <= clock.as_of as is_complete_period,
        cast(
            case indexed.period_grain
                when 'day' then indexed.period_start - interval 1 day
                when 'week' then indexed.period_start - interval 7 day
                when 'month' then indexed.period_start - interval 1 month
                when 'quarter' then indexed.period_start - interval 3 month
                else indexed.period_start - interval 1 year
            end as date
        ) as previous_period_start,
        cast(
            case indexed.period_grain
                when 'week' then indexed.period_start - interval 364 day
                else indexed.period_start - interval 1 year
            end as date
        ) as year_ago_period_start,
        cast(indexed.period_end - interval 12 month as date) as trailing_year_start
    from indexed
    cross join clock
)

select * from final
