with months as (
    select
        period_start,
        period_end,
        is_complete_period
    from {{ ref('dim_periods') }}
    where period_grain = 'month'
),

clock as (
    select
        as_of_date,
        first_order_date
    from {{ ref('int_build__clock') }}
),

dated as (
    select
        case
            when months.is_complete_period then months.period_end - 1
            else clock.as_of_date
        end as snapshot_date
    from months
    cross join clock
    where months.period_end > clock.first_order_date
),

final as (
    select cast(snapshot_date as date) as snapshot_date
    from dated
)

select * from final
