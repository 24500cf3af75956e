-- Months whose value to date, over all cohorts, is not the one behind the historical value of clv.
-- Only what came before an account's first valid order may stand in a later month.
with cohorts as (
    select
        period_start,
        cohort_customers,
        net_sales_to_date,
        margin_to_date
    from {{ ref('kpi_cohort_value') }}
    where dimension = 'total'
),

clv as (
    select
        period_start,
        customers_ever,
        net_sales_to_date,
        margin_to_date
    from {{ ref('kpi_clv') }}
    where dimension = 'total' and period_grain = 'month'
),

early_entries as (
    select
        entries.account_id,
        entries.entry_date,
        cast(date_trunc('month', first_orders.first_order_date) as date) as counts_from,
        entries.gross_sales - entries.discounts - entries.returns - entries.cancellations
            as net_sales
    from {{ ref('fct_sales_entries') }} as entries
    inner join {{ ref('int_accounts__first_orders') }} as first_orders
        on entries.account_id = first_orders.account_id
    where entries.is_eligible
),

early_sales as (
    select
        clv.period_start,
        sum(early_entries.net_sales) as net_sales
    from clv
    inner join early_entries
        on
            clv.period_start < early_entries.counts_from
            and clv.period_start + interval 1 month > early_entries.entry_date
    group by clv.period_start
)

select
    clv.period_start,
    clv.net_sales_to_date as net_sales_of_clv,
    cohorts.net_sales_to_date as net_sales_of_cohorts,
    early_sales.net_sales as net_sales_before_the_first_order
from clv
full outer join cohorts
    on clv.period_start = cohorts.period_start
left join early_sales
    on clv.period_start = early_sales.period_start
where
    clv.customers_ever is distinct from cohorts.cohort_customers
    or clv.net_sales_to_date - coalesce(early_sales.net_sales, 0)
    is distinct from cohorts.net_sales_to_date
