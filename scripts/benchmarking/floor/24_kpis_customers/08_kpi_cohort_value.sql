-- Cohorts by the month of the first order. A cohort has no month before its own.
create temp table cohort_cells as
with rows as (
    select
        cast(greatest(day, coalesce(date_trunc('month', first_order_date), day)) as date) as day,
        cohort_month, ever, net_sales, margin
    from brought_days
)

select
    day, case when grouping(cohort_month) = 0 then 'cohort_month' else 'total' end as dimension,
    coalesce(cohort_month, 'all') as member,
    sum(ever) as cohort_customers, sum(net_sales) as net_sales_to_date,
    sum(margin) as margin_to_date
from rows
group by day, grouping sets ((), (cohort_month));

create temp table cohort_periods as
select grain, number, dimension, member, at_end.*
from to_date('cohort_cells')
where grain = 'month';

create table kpi.kpi_cohort_value as
select
    *,
    ratio(net_sales_to_date, cohort_customers) as cohort_value,
    ratio(margin_to_date, cohort_customers) as cohort_value_margin,
    date_diff('month', try_cast(dimension_value || '-01' as date), period_start)
        as months_since_first_order
from kpi_table('cohort_periods', ['month'], [])
where coalesce(try_cast(dimension_value || '-01' as date) <= period_start, true);
