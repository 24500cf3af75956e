-- What moved CAC?
--
-- The latest complete quarter against the one before and against a year ago: what each marketing
-- channel brought to the change, largest first. `rate`: the channel's own CAC changed. `mix`: its
-- share of new customers changed. `entry_exit`: it had new customers in one of the two only.
-- `numerator_only`: what it cost in a quarter in which it won nobody. The contributions of a
-- comparison add up to `change`.
-- Reads a published file: kpi_drivers, kpi_values.
with latest_quarter as (
    select max(period_start) as period_start
    from kpi.kpi_values
    where period_grain = 'quarter' and is_complete_period
),

drivers as (
    select drivers.*
    from kpi.kpi_drivers as drivers
    inner join latest_quarter
        on drivers.period_start = latest_quarter.period_start
    where
        drivers.kpi = 'cac'
        and drivers.variant = 'cac'
        and drivers.period_grain = 'quarter'
        and drivers.dimension = 'marketing_channel'
),

cells as (
    select
        period_start,
        dimension_value,
        value
    from kpi.kpi_values
    where
        kpi = 'cac'
        and variant = 'cac'
        and period_grain = 'quarter'
        and dimension = 'marketing_channel'
)

select
    drivers.comparison,
    drivers.compared_period_start,
    drivers.period_start,
    round(drivers.change, 2) as change,
    drivers.dimension_value as marketing_channel,
    drivers.effect,
    round(drivers.contribution, 2) as contribution,
    round(before.value, 2) as cac_before,
    round(now.value, 2) as cac_now,
    drivers.driver_status as status
from drivers
left join cells as before
    on
        drivers.compared_period_start = before.period_start
        and drivers.dimension_value = before.dimension_value
left join cells as now
    on
        drivers.period_start = now.period_start
        and drivers.dimension_value = now.dimension_value
order by
    drivers.comparison asc,
    abs(drivers.contribution) desc,
    drivers.dimension_value asc,
    drivers.effect asc
