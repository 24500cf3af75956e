with histories as (
    select
        snapshot_date,
        segment,
        repeat_orders,
        mean_repeat_value
    from {{ ref('int_predictions__histories') }}
    where repeat_orders > 0
),

final as (
    select
        snapshot_date,
        segment,
        repeat_orders,
        cast(mean_repeat_value as double) as mean_repeat_value,
        count(*) as accounts
    from histories
    group by snapshot_date, segment, repeat_orders, mean_repeat_value
)

select * from final
