-- Periods in which the retention of revenue, told by account, does not start with the MRR of all
-- contracts, or does not know the same movements.
select
    mrr.period_grain,
    mrr.period_start,
    mrr.mrr_at_start,
    retention.mrr_at_start as mrr_at_start_of_accounts
from {{ ref('kpi_mrr') }} as mrr
inner join {{ ref('kpi_mrr_retention') }} as retention
    on
        mrr.period_grain = retention.period_grain
        and mrr.period_start = retention.period_start
        and mrr.dimension = retention.dimension
where
    mrr.dimension = 'total'
    and (
        mrr.mrr_at_start != retention.mrr_at_start
        or mrr.mrr_new != retention.mrr_new
        or mrr.mrr_expansion != retention.mrr_expansion
        or mrr.mrr_contraction != retention.mrr_contraction
        or mrr.mrr_churned != retention.mrr_churned
        or mrr.mrr_reactivated != retention.mrr_reactivated
    )
