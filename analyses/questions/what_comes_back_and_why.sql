-- What comes back, and why?
--
-- Money given back in the last twelve complete months by group of reasons: the amount, its share of
-- all refunds, and the amount of the twelve months before. Largest first. `quality`, `damaged` and
-- `wrong_item` are ours to mend; `changed_mind` is a matter of what we promise.
-- Caveats: refunds made in the period, also for older orders. `(unknown)` has no reason on record:
-- a large share there says that reasons are not asked for. More refunds of more sales are no loss:
-- see `refund_rate` in kpi_refunds.
-- Reads a published file: kpi_refunds.
with cells as (
    select
        period_start,
        period_end,
        dimension_value as reason_group,
        refunds
    from kpi.kpi_refunds
    where
        period_grain = 'r12m'
        and dimension = 'reason_group'
        and is_complete_period
)

select
    cells.reason_group,
    cells.refunds,
    round(cells.refunds / nullif(sum(cells.refunds) over (), 0), 4) as share_of_refunds,
    before.refunds as refunds_the_year_before
from cells
left join cells as before
    on
        cells.period_start = before.period_end
        and cells.reason_group = before.reason_group
where cells.period_end = (select max(newest.period_end) from cells as newest)
order by cells.refunds desc, cells.reason_group asc
