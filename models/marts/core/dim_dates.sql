with days as (
    select {{ date_series('history_start_date', 'as_of_date') }} as date_day
    from {{ ref('int_build__clock') }}
),

final as (
    select
        date_day,
        cast(date_trunc('week', date_day) as date) as week_start,
        cast(date_trunc('month', date_day) as date) as month_start,
        {{ fiscal_start('quarter', 'date_day') }} as quarter_start,
        {{ fiscal_start('year', 'date_day') }} as year_start
    from days
)

select * from final
