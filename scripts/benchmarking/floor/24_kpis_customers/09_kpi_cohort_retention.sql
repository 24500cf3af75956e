create temp table cohort_orders as
with ordering as (
    select distinct
        months.number, strftime(customers.first_order_date, '%Y-%m') as cohort_month,
        orders.account_id
    from order_rows as orders
    inner join customers on orders.account_id = customers.account_id
    inner join period_days as months on orders.order_date = months.day and months.grain = 'month'
    where orders.is_valid
)

select
    cells.grain, cells.number, cells.dimension, cells.member, cells.at_end.cohort_customers,
    coalesce(orders.customers_ordering, 0) as customers_ordering
from to_date('cohort_cells') as cells
left join (
    select
        number, case when grouping(cohort_month) = 0 then 'cohort_month' else 'total' end
            as dimension,
        coalesce(cohort_month, 'all') as member, count(*) as customers_ordering
    from ordering
    group by number, grouping sets ((), (cohort_month))
) as orders
    on cells.number = orders.number and cells.dimension = orders.dimension
    and cells.member = orders.member
where cells.grain = 'month' and cells.member != '(unknown)';

create table kpi.kpi_cohort_retention as
select
    *,
    ratio(customers_ordering, cohort_customers) as cohort_retention_rate,
    date_diff('month', try_cast(dimension_value || '-01' as date), period_start)
        as months_since_first_order
from kpi_table('cohort_orders', ['month'], [])
where coalesce(try_cast(dimension_value || '-01' as date) <= period_start, true);
