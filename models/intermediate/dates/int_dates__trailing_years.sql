with dates as (
    select date_day
    from {{ ref('dim_dates') }}
),

periods as (
    select
        period_grain,
        period_index,
        period_end,
        trailing_year_start,
        max(period_index) over (partition by period_grain) as last_index
    from {{ ref('dim_periods') }}
    where period_grain != 'day'
),

-- Windows move on with their periods, so those that hold a day follow one another.
final as (
    select
        dates.date_day,
        periods.period_grain,
        min(periods.period_index) as from_index,
        max(periods.period_index) as to_index,
        max(periods.last_index) as last_index
    from dates
    inner join periods
        on
            dates.date_day >= periods.trailing_year_start
            and dates.date_day < periods.period_end
    group by dates.date_day, periods.period_grain
)

select * from final
