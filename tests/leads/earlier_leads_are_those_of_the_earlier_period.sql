-- K09: a period is compared with what stands in the table for the earlier one; a cell that is not
-- there had no leads.
with cells as (
    select
        cells.period_grain,
        cells.period_start,
        cells.dimension,
        cells.dimension_value,
        cells.leads,
        cells.leads_previous_period,
        cells.leads_year_ago,
        periods.previous_period_start,
        periods.year_ago_period_start
    from {{ ref('kpi_leads') }} as cells
    inner join {{ ref('dim_periods') }} as periods
        on
            cells.period_grain = periods.period_grain
            and cells.period_start = periods.period_start
),

compared as (
    select
        cells.*,
        previous.leads as leads_before,
        year_ago.leads as leads_a_year_before
    from cells
    left join cells as previous
        on
            cells.period_grain = previous.period_grain
            and cells.previous_period_start = previous.period_start
            and cells.dimension = previous.dimension
            and cells.dimension_value = previous.dimension_value
    left join cells as year_ago
        on
            cells.period_grain = year_ago.period_grain
            and cells.year_ago_period_start = year_ago.period_start
            and cells.dimension = year_ago.dimension
            and cells.dimension_value = year_ago.dimension_value
)

select *
from compared
where
    coalesce(leads_previous_period, 0) != coalesce(leads_before, 0)
    or coalesce(leads_year_ago, 0) != coalesce(leads_a_year_before, 0)
    or (dimension = 'total' and leads_previous_period is null and leads_before is not null)
    or (dimension = 'total' and leads_year_ago is null and leads_a_year_before is not null)
