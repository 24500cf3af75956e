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
    *,
    churn.customers_at_start as start_of_churn,
    retention.customers_at_start as start_of_retention
from churn
full outer join retention
    using (period_grain, period_start, dimension, dimension_value)
where
    churn.customers_at_start is distinct from retention.customers_at_start
    or churn.customers_lost + retention.customers_retained != churn.customers_at_start
    or abs(churn.churn_rate + retention.retention_rate - 1) > 1e-12
