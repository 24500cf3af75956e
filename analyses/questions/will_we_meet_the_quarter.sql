-- Will we meet the quarter?
--
-- For the running quarter and each KPI with targets for its months: what is due, what has come in,
-- and where the published forecast sees the end. Sums are added up over the months; of a level such
-- as MRR the last month counts. `answer` is yes if the target is met even at the low ends of the
-- 80 % intervals of the months to come, no if not even at the high ends, else open: then
-- `expected_attainment` says which way it leans.
-- Reads a published file: kpi_budget_vs_actual, kpi_forecast, kpi_catalog, dim_periods.
with quarters as (
    select
        min(period_start) as quarter_start,
        min(period_end) as quarter_end
    from core.dim_periods
    where period_grain = 'quarter' and not is_complete_period
),

plans as (
    select
        plans.kpi,
        plans.variant,
        plans.period_start,
        plans.target_value,
        plans.actual_value,
        coalesce(plans.is_complete_period, false) as is_complete_period,
        quarters.quarter_start,
        catalog.direction,
        catalog.additivity_over_time = 'additive'
        or plans.period_start = cast(quarters.quarter_end - interval 1 month as date)
            as counts
    from kpi.kpi_budget_vs_actual as plans
    inner join quarters
        on
            plans.period_start >= quarters.quarter_start
            and plans.period_start < quarters.quarter_end
    inner join kpi.kpi_catalog as catalog
        on
            plans.kpi = catalog.kpi
            and plans.variant = catalog.variant
    where
        plans.period_grain = 'month'
        and plans.dimension = 'total'
        and plans.is_current_version
),

months as (
    select
        plans.*,
        case when plans.is_complete_period then plans.actual_value else forecast.forecast_value end
            as expected_value,
        case when plans.is_complete_period then plans.actual_value else forecast.low_80 end
            as low_value,
        case when plans.is_complete_period then plans.actual_value else forecast.high_80 end
            as high_value
    from plans
    left join kpi.kpi_forecast as forecast
        on
            plans.kpi = forecast.kpi
            and plans.variant = forecast.variant
            and plans.period_start = forecast.period_start
            and forecast.dimension = 'total'
            and forecast.is_published
    where plans.counts
),

added_up as (
    select
        kpi,
        variant,
        quarter_start,
        direction,
        sum(target_value) as target_value,
        sum(actual_value) as so_far,
        case when count(expected_value) = count(*) then sum(expected_value) end as expected_value,
        case when count(low_value) = count(*) then sum(low_value) end as low_value,
        case when count(high_value) = count(*) then sum(high_value) end as high_value
    from months
    group by kpi, variant, quarter_start, direction
)

select
    kpi,
    variant,
    quarter_start,
    round(target_value, 2) as target,
    round(so_far, 2) as so_far,
    round(expected_value, 2) as expected_at_close,
    round(low_value, 2) as low_80,
    round(high_value, 2) as high_80,
    round(expected_value / nullif(target_value, 0), 4) as expected_attainment,
    case
        when expected_value is null then 'no forecast'
        when direction = 'up' and low_value >= target_value then 'yes'
        when direction = 'up' and high_value < target_value then 'no'
        when direction = 'down' and high_value <= target_value then 'yes'
        when direction = 'down' and low_value > target_value then 'no'
        else 'open'
    end as answer
from added_up
order by kpi, variant
