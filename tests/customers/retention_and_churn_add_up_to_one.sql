-- Cells whose default retention and default churn are not complements, or of which one is missing.
with churn as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_value,
        customers_at_start,
        customers_lost,
        churn_rate
    from {{ ref('kpi_customer_churn') }}
    where dimension != 'cancel_reason'
),

retention as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_value,
        customers_at_start,
        customers_retained,
        retention_rate
    from {{ ref('kpi_customer_retention') }}
)

select
    coalesce(churn.period_grain, retention.period_grain) as period_grain,
    coalesce(churn.period_start, retention.period_start) as period_start,
    coalesce(churn.dimension, retention.dimension) as dimension,
    coalesce(churn.dimension_value, retention.dimension_value) as dimension_value,
    churn.customers_at_start as start_of_churn,
    retention.customers_at_start as start_of_retention,
    churn.churn_rate,
    retention.retention_rate
from churn
full outer join retention
    on
        churn.period_grain = retention.period_grain
        and churn.period_start = retention.period_start
        and churn.dimension = retention.dimension
        and churn.dimension_value = retention.dimension_value
where
    churn.customers_at_start is distinct from retention.customers_at_start
    or churn.customers_lost + retention.customers_retained != churn.customers_at_start
    or abs(churn.churn_rate + retention.retention_rate - 1) > 1e-12
