with histories as (
    select
        snapshot_date,
        segment,
        repeat_orders,
        recency_days,
        age_days
    from {{ ref('int_predictions__histories') }}
),

final as (
    select
        snapshot_date,
        segment,
        repeat_orders,
        recency_days,
        age_days,
        count(*) as accounts
    from histories
    group by snapshot_date, segment, repeat_orders, recency_days, age_days
)

select * from final
