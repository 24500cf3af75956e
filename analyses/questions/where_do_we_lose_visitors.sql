-- Where do we lose visitors?
--
-- Sessions of the latest complete quarter at each step of the web funnel, by device: how many
-- reached the step, how many of those at the step before (`step_rate`), how many were lost there,
-- and which share of all that were lost on this device (`share_of_losses`).
-- Caveats: a step counts only after the steps before it; sessions without consent are in no funnel.
-- The largest loss is always near the top: compare `step_rate` between devices, not steps.
-- Reads a published file: bi.web_funnel_by_device_type_quarter.
with latest_quarter as (
    select *
    from bi.web_funnel_by_device_type_quarter
    where
        period_start = (
            select max(newest.period_start)
            from bi.web_funnel_by_device_type_quarter as newest
            where newest.is_complete_period
        )
),

steps as (
    select
        device_type,
        1 as step_number,
        'product view' as step,
        sessions as sessions_before,
        sessions_with_product_view as sessions_there
    from latest_quarter
    union all
    select
        device_type,
        2 as step_number,
        'cart' as step,
        sessions_with_product_view as sessions_before,
        sessions_with_cart as sessions_there
    from latest_quarter
    union all
    select
        device_type,
        3 as step_number,
        'checkout' as step,
        sessions_with_cart as sessions_before,
        sessions_with_checkout as sessions_there
    from latest_quarter
    union all
    select
        device_type,
        4 as step_number,
        'order' as step,
        sessions_with_checkout as sessions_before,
        sessions_with_order as sessions_there
    from latest_quarter
)

select
    device_type,
    step_number,
    step,
    sessions_before,
    sessions_there,
    sessions_before - sessions_there as sessions_lost,
    round(sessions_there / nullif(sessions_before, 0), 4) as step_rate,
    round(
        (sessions_before - sessions_there)
        / nullif(sum(sessions_before - sessions_there) over (partition by device_type), 0),
        4
    ) as share_of_losses
from steps
order by device_type, step_number
