-- Which price tier churns?
--
-- For each plan, over the last twelve complete months: subscriptions at the start, those lost
-- since, the churn rate with its 95 % interval, and how much of it was involuntary (payments that
-- failed). Highest churn first. Involuntary churn is a matter of billing, not of the offer.
-- Caveats: a plan whose interval contains the rate of all plans (`rate_of_all`) does not stand out.
-- A subscription that changes its plan is not lost.
-- Reads a published file: kpi_values, kpi_subscription_churn.
with cells as (
    select
        period_start,
        period_end,
        dimension,
        dimension_value,
        value,
        ci_low,
        ci_high,
        value_status
    from kpi.kpi_values
    where
        kpi = 'subscription_churn'
        and variant = 'subscription_churn_rate'
        and period_grain = 'r12m'
        and dimension in ('plan', 'total')
        and is_complete_period
),

latest as (
    select *
    from cells
    where period_end = (select max(newest.period_end) from cells as newest)
)

select
    latest.dimension_value as plan,
    parts.subscriptions_at_start,
    parts.subscriptions_lost,
    parts.subscriptions_lost_involuntary,
    round(latest.value, 4) as churn_rate,
    round(latest.ci_low, 4) as ci_low,
    round(latest.ci_high, 4) as ci_high,
    round(overall.value, 4) as rate_of_all,
    latest.ci_low > overall.value as is_higher_than_chance_explains,
    latest.value_status as status
from latest
inner join latest as overall
    on overall.dimension = 'total'
inner join kpi.kpi_subscription_churn as parts
    on
        latest.period_start = parts.period_start
        and latest.dimension = parts.dimension
        and latest.dimension_value = parts.dimension_value
        and parts.period_grain = 'r12m'
where latest.dimension = 'plan'
order by latest.value desc nulls last, latest.dimension_value asc
