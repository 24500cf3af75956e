-- Cells of r12m whose customers at the start, or lost, differ between lifetime value and churn.
with clv as (
    select
        period_start,
        dimension,
        dimension_value,
        customers_at_start,
        customers_lost
    from {{ ref('kpi_clv') }}
    where period_grain = 'r12m' and dimension != 'cohort_month'
),

churn as (
    select
        period_start,
        dimension,
        dimension_value,
        customers_at_start,
        customers_lost
    from {{ ref('kpi_customer_churn') }}
    where
        period_grain = 'r12m'
        and dimension in (
            'total', 'segment', 'industry', 'account_size_band', 'acquisition_channel'
        )
)

select
    coalesce(clv.period_start, churn.period_start) as period_start,
    coalesce(clv.dimension, churn.dimension) as dimension,
    coalesce(clv.dimension_value, churn.dimension_value) as dimension_value,
    clv.customers_at_start as start_of_clv,
    churn.customers_at_start as start_of_churn,
    clv.customers_lost as lost_of_clv,
    churn.customers_lost as lost_of_churn
from clv
full outer join churn
    on
        clv.period_start = churn.period_start
        and clv.dimension = churn.dimension
        and clv.dimension_value = churn.dimension_value
where
    coalesce(clv.customers_at_start, 0) != coalesce(churn.customers_at_start, 0)
    or coalesce(clv.customers_lost, 0) != coalesce(churn.customers_lost, 0)
