with clock as (
    select
        as_of,
        as_of_date
    from {{ ref('int_build__clock') }}
),

targets as (
    select
        targets.source_name,
        targets.kpi,
        targets.variant,
        targets.period_grain,
        targets.period_start,
        targets.dimension,
        targets.dimension_value,
        targets.target_version,
        targets.target_value,
        targets.approved_on,
        -- A target is for days to come; only its own row can be too late.
        {{ row_exclusion('cast(null as timestamp)', 'targets') }} as exclusion_reason,
        cast(
            case targets.period_grain
                when 'day' then targets.period_start + interval 1 day
                when 'week' then targets.period_start + interval 7 day
                when 'month' then targets.period_start + interval 1 month
                when 'quarter' then targets.period_start + interval 3 month
                else targets.period_start + interval 12 month
            end as date
        ) as period_end,
        case targets.period_grain
            when 'day' then targets.period_start
            when 'week' then cast(date_trunc('week', targets.period_start) as date)
            when 'quarter' then {{ fiscal_start('quarter', 'targets.period_start') }}
            when 'year' then {{ fiscal_start('year', 'targets.period_start') }}
            else cast(date_trunc('month', targets.period_start) as date)
        end = targets.period_start as is_period_start
    from {{ ref('stg_contract__targets') }} as targets
    cross join clock
),

-- Only a running period is prorated, so the calendar reaches no further.
running as (
    select distinct
        targets.period_start,
        targets.period_end
    from targets
    cross join clock
    where targets.period_start <= clock.as_of_date and targets.period_end > clock.as_of_date
),

days as (
    select
        period_start,
        period_end,
        {{ date_series('period_start', 'cast(period_end - interval 1 day as date)') }} as date_day
    from running
),

exceptions as (
    select
        date as date_day,
        is_business_day
    from {{ ref('business_days') }}
),

counted as (
    select
        days.period_start,
        days.period_end,
        count(*) as business_days,
        count(*) filter (where days.date_day < clock.as_of_date) as business_days_elapsed
    from days
    cross join clock
    left join exceptions on days.date_day = exceptions.date_day
    where
        coalesce(
            exceptions.is_business_day,
            {{ days_between(
                "cast(date_trunc('week', days.date_day) as date)", 'days.date_day'
            ) }} < 5
        )
    group by days.period_start, days.period_end
),

final as (
    select
        targets.source_name,
        targets.kpi,
        targets.variant,
        targets.period_grain,
        targets.period_start,
        targets.period_end,
        targets.dimension,
        targets.dimension_value,
        targets.target_version,
        targets.target_value,
        targets.approved_on,
        targets.exclusion_reason,
        targets.is_period_start,
        case when running.period_start is not null then coalesce(counted.business_days, 0) end
            as business_days,
        case
            when running.period_start is not null then coalesce(counted.business_days_elapsed, 0)
        end as business_days_elapsed
    from targets
    left join running
        on
            targets.period_start = running.period_start
            and targets.period_end = running.period_end
    left join counted
        on
            targets.period_start = counted.period_start
            and targets.period_end = counted.period_end
)

select * from final
