-- How much of a part falls to known members, added up here from the KPI table itself.
with members as (
    select
        dimension,
        period_start,
        gross_sales,
        case when dimension_value not like '(%)' then gross_sales end as known_gross_sales
    from {{ ref('kpi_sales') }}
    where period_grain = 'month' and dimension != 'total'
),

expected as (
    select
        dimension,
        period_start,
        sum(gross_sales) as amount,
        coalesce(sum(known_gross_sales), 0) as amount_known
    from members
    group by dimension, period_start
    having count(gross_sales) > 0
),

found as (
    select
        dimension,
        period_start,
        amount,
        amount_known,
        coverage
    from {{ ref('kpi_coverage') }}
    where kpi = 'sales' and part = 'gross_sales'
)

select
    expected.dimension as expected_dimension,
    expected.period_start as expected_period_start,
    expected.amount as expected_amount,
    expected.amount_known as expected_amount_known,
    found.dimension,
    found.period_start,
    found.amount,
    found.amount_known,
    found.coverage
from expected
full outer join found
    on expected.dimension = found.dimension and expected.period_start = found.period_start
where
    coalesce(expected.amount = found.amount, false) = false
    or coalesce(expected.amount_known = found.amount_known, false) = false
    or abs(found.coverage * expected.amount - expected.amount_known) > 0.000001
