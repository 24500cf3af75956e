-- Will we meet the quarter?
--
-- For the running quarter and each KPI with targets: what is due, what has come in, and where the
-- published forecast sees the end. Sums are added up over the months, of which the running one
-- closes at no less than it has so far; of a level such as MRR the last month counts. Ratios are
-- left out: their months do not make a quarter. A target of the quarter goes before those of its
-- months; a KPI that lacks one of these has the answer `plan incomplete`. Else `answer` is yes if
-- the target is met even at the low ends of the 80 % intervals of the months to come, no if not
-- even at the high ends, else open: then `expected_attainment` says which way it leans.
-- Reads a published file: kpi_budget_vs_actual, kpi_forecast, kpi_values, kpi_catalog, dim_periods.
with quarters as (
    select
        min(period_start) as quarter_start,
        min(period_end) as quarter_end
    from core.dim_periods
    where period_grain = 'quarter' and not is_complete_period
),

targets as (
    select
        plans.kpi,
        plans.variant,
        plans.period_grain,
        plans.period_start,
        plans.target_value,
        quarters.quarter_start,
        quarters.quarter_end
    from kpi.kpi_budget_vs_actual as plans
    inner join quarters
        on
            plans.period_start >= quarters.quarter_start
            and plans.period_start < quarters.quarter_end
    where
        (
            plans.period_grain = 'month'
            or (plans.period_grain = 'quarter' and plans.period_start = quarters.quarter_start)
        )
        and plans.dimension = 'total'
        and plans.is_current_version
),

questions as (
    select
        targets.kpi,
        targets.variant,
        targets.quarter_start,
        targets.quarter_end,
        catalog.direction,
        catalog.additivity_over_time = 'additive' as is_sum,
        max(case when targets.period_grain = 'quarter' then targets.target_value end)
            as quarter_target
    from targets
    inner join kpi.kpi_catalog as catalog
        on
            targets.kpi = catalog.kpi
            and targets.variant = catalog.variant
    where catalog.additivity_over_time in ('additive', 'snapshot')
    group by
        targets.kpi,
        targets.variant,
        targets.quarter_start,
        targets.quarter_end,
        catalog.direction,
        catalog.additivity_over_time
),

months as (
    select
        questions.*,
        cast(questions.quarter_end - months_back.months * interval 1 month as date) as month_start
    from questions
    inner join (values (1), (2), (3)) as months_back (months)
        on questions.is_sum or months_back.months = 1
),

known as (
    select
        months.*,
        targets.target_value as month_target,
        actuals.value as so_far,
        coalesce(actuals.is_complete_period, false) as is_complete,
        case when months.is_sum then actuals.value end as at_least,
        forecast.forecast_value,
        forecast.low_80,
        forecast.high_80
    from months
    left join targets
        on
            months.kpi = targets.kpi
            and months.variant = targets.variant
            and months.month_start = targets.period_start
            and targets.period_grain = 'month'
    left join kpi.kpi_values as actuals
        on
            months.kpi = actuals.kpi
            and months.variant = actuals.variant
            and months.month_start = actuals.period_start
            and actuals.period_grain = 'month'
            and actuals.dimension = 'total'
    left join kpi.kpi_forecast as forecast
        on
            months.kpi = forecast.kpi
            and months.variant = forecast.variant
            and months.month_start = forecast.period_start
            and forecast.period_grain = 'month'
            and forecast.dimension = 'total'
            and forecast.is_published
),

closing as (
    select
        *,
        case
            when is_complete then so_far
            when forecast_value < at_least then at_least
            else forecast_value
        end as expected_value,
        case
            when is_complete then so_far
            when low_80 < at_least then at_least
            else low_80
        end as low_value,
        case
            when is_complete then so_far
            when high_80 < at_least then at_least
            else high_80
        end as high_value
    from known
),

added_up as (
    select
        kpi,
        variant,
        quarter_start,
        direction,
        coalesce(
            quarter_target, case when count(month_target) = count(*) then sum(month_target) end
        ) as target_value,
        sum(so_far) as so_far,
        case when count(expected_value) = count(*) then sum(expected_value) end as expected_value,
        case when count(low_value) = count(*) then sum(low_value) end as low_value,
        case when count(high_value) = count(*) then sum(high_value) end as high_value
    from closing
    group by kpi, variant, quarter_start, direction, quarter_target
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
        when target_value is null then 'plan incomplete'
        when expected_value is null then 'no forecast'
        when direction = 'up' and low_value >= target_value then 'yes'
        when direction = 'up' and high_value < target_value then 'no'
        when direction = 'down' and high_value <= target_value then 'yes'
        when direction = 'down' and low_value > target_value then 'no'
        else 'open'
    end as answer
from added_up
order by kpi, variant
