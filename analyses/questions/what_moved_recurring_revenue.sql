-- What moved recurring revenue?
--
-- MRR of the last twelve complete months: at the start, every movement, at the end. The movements
-- add up to `net_new`, the change, to the last place. Rates of it (net and gross retention, quick
-- ratio) are in kpi_mrr_retention.
-- Caveats: a pause is no churn, and what resumes is not new. `mrr_fx` is the rate of other
-- currencies alone, and no customer did anything for it.
-- Reads a published file: bi.mrr.
select
    period_start,
    distinct_mrr_at_start as mrr_at_start,
    mrr_new,
    mrr_reactivated,
    mrr_expansion,
    -mrr_contraction as mrr_contraction,
    -mrr_churned as mrr_churned,
    mrr_resumed - mrr_paused as mrr_paused_and_resumed,
    mrr_fx,
    distinct_mrr as mrr_at_end,
    distinct_mrr - distinct_mrr_at_start as net_new
from bi.mrr
where is_complete_period
order by period_start desc
limit 12
