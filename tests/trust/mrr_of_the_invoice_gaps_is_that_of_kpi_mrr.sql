-- Exactly, and the billing intervals add up to it and to what is billed.
with of_kpi as (
    select
        period_start as month_start,
        mrr
    from {{ ref('kpi_mrr') }}
    where period_grain = 'month' and dimension = 'total'
),

of_all as (
    select
        month_start,
        mrr,
        billed_amount,
        billings
    from {{ ref('mrr_invoice_gaps') }}
    where billing_interval = 'all' and gap_status = 'ok'
),

of_intervals as (
    select
        month_start,
        sum(mrr) as mrr,
        sum(billed_amount) as billed_amount,
        sum(billings) as billings
    from {{ ref('mrr_invoice_gaps') }}
    where billing_interval != 'all' and gap_status = 'ok'
    group by month_start
)

select
    of_kpi.month_start,
    of_kpi.mrr as mrr_of_kpi,
    of_all.mrr as mrr_of_all,
    of_intervals.mrr as mrr_of_intervals,
    of_all.billed_amount as billed_of_all,
    of_intervals.billed_amount as billed_of_intervals
from of_kpi
full outer join of_all on of_kpi.month_start = of_all.month_start
left join of_intervals on of_all.month_start = of_intervals.month_start
where
    of_kpi.mrr is distinct from of_all.mrr
    or coalesce(of_intervals.mrr, 0) != coalesce(of_all.mrr, 0)
    or coalesce(of_intervals.billed_amount, 0) != coalesce(of_all.billed_amount, 0)
    or coalesce(of_intervals.billings, 0) != coalesce(of_all.billings, 0)
