-- Calendar periods whose customers at the end are not those at the start of the next one.
with totals as (
    select
        period_grain,
        period_start,
        customers_at_start,
        customers_at_end,
        lead(customers_at_start) over (partition by period_grain order by period_start)
            as customers_at_next_start
    from {{ ref('kpi_customer_churn') }}
    where dimension = 'total' and period_grain != 'r12m'
)

select *
from totals
where customers_at_end != customers_at_next_start
