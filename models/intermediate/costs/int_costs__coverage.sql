with cost_days as (
    select
        cost_scope,
        cast(date_trunc('month', cost_date) as date) as month_start
    from {{ ref('int_costs__spread') }}
    where exclusion_reason is null
),

-- A booking that lacks a rate is missing in every month that it would have been spread over.
unconverted_days as (
    select
        cost_scope,
        'cost_ledger' as cost_source,
        cost_id,
        {{ date_series(
            'case when service_end_date is null then incurred_on '
            ~ 'else coalesce(service_start_date, incurred_on) end',
            'case when service_start_date is null then incurred_on '
            ~ 'else coalesce(service_end_date - interval 1 day, incurred_on) end'
        ) }} as cost_date
    from {{ ref('int_cost_ledger__checked') }}
    where reject_reason = 'fx_missing'
    union all
    select
        'marketing_program' as cost_scope,
        'ad_spend' as cost_source,
        row_key as cost_id,
        spend_date as cost_date
    from {{ ref('int_ad_spend__checked') }}
    where reject_reason = 'fx_missing'
),

unconverted as (
    select distinct
        cost_scope,
        cost_source,
        cost_id,
        cast(date_trunc('month', cost_date) as date) as month_start
    from unconverted_days
),

clock as (
    select cast(date_trunc('month', as_of_date) as date) as running_month_start
    from {{ ref('int_build__clock') }}
),

booked as (
    select
        cost_scope,
        month_start,
        sum(cost_rows) as cost_rows,
        sum(rows_without_rate) as rows_without_rate
    from (
        select
            cost_scope,
            month_start,
            1 as cost_rows,
            0 as rows_without_rate
        from cost_days
        union all
        select
            cost_scope,
            month_start,
            0 as cost_rows,
            1 as rows_without_rate
        from unconverted
    ) as unioned
    group by cost_scope, month_start
),

scope_spans as (
    select
        booked.cost_scope,
        min(booked.month_start) as first_month_start,
        max(clock.running_month_start) as last_month_start
    from booked
    cross join clock
    group by booked.cost_scope
),

scope_days as (
    select
        cost_scope,
        {{ date_series('first_month_start', 'last_month_start') }} as date_day
    from scope_spans
),

final as (
    select
        scope_days.cost_scope,
        scope_days.date_day as month_start,
        cast(scope_days.date_day + interval 1 month as date) as month_end,
        cast(coalesce(booked.cost_rows, 0) as bigint) as cost_rows,
        cast(coalesce(booked.rows_without_rate, 0) as bigint) as rows_without_rate,
        -- The running month may still get its bookings.
        coalesce(booked.cost_rows, 0) = 0
        and scope_days.date_day < clock.running_month_start as is_cost_missing
    from scope_days
    cross join clock
    left join booked
        on
            scope_days.cost_scope = booked.cost_scope
            and scope_days.date_day = booked.month_start
    where extract(day from scope_days.date_day) = 1
)

select * from final
