-- Periods whose customers at the end, counted from edges of active days, are not those of churn.
with equity as (
    select
        period_grain,
        period_start,
        customers_at_end
    from {{ ref('kpi_customer_equity') }}
    where dimension = 'total'
),

churn as (
    select
        period_grain,
        period_start,
        customers_at_end
    from {{ ref('kpi_customer_churn') }}
    where dimension = 'total'
)

select
    coalesce(equity.period_grain, churn.period_grain) as period_grain,
    coalesce(equity.period_start, churn.period_start) as period_start,
    equity.customers_at_end as end_of_equity,
    churn.customers_at_end as end_of_churn
from equity
full outer join churn
    on
        equity.period_grain = churn.period_grain
        and equity.period_start = churn.period_start
where equity.customers_at_end is distinct from churn.customers_at_end
