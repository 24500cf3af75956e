create temp table retention_cost_cells as
with rows as (
    select
        day, segment, cost_of(scope, amount, ['retention']) as retention_cost,
        cost_of(scope, amount, acquiring()) as acquisition_cost, 0 as new_customers
    from costs
    union all
    select order_date, segment, 0, 0, 1 from new_customers
)

select
    day, case when grouping(segment) = 0 then 'segment' else 'total' end as dimension,
    coalesce(segment, 'all') as member, sum(columns(* exclude (day, segment)))
from rows
group by day, grouping sets ((), (segment));

create temp table retention_cost_periods as
with counted as (
    from by_period('retention_cost_cells')
    union all by name
    select grain, number, dimension, member, retained as customers_retained
    from churn_cells
    where dimension in ('total', 'segment') and retained > 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_retention_cost as
select
    cells.* replace (
        case when exists (from costs where scope = 'retention') then retention_cost end
            as retention_cost
    ),
    case when gaps.period_start is null and exists (from costs where scope = 'retention')
        then ratio(retention_cost, customers_retained) end as retention_cost_per_customer,
    case when of_both.period_start is null and exists (from costs where scope = 'retention')
        then ratio(
            ratio(retention_cost, customers_retained), ratio(acquisition_cost, new_customers)
        ) end as retention_cost_to_cac
from kpi_table('retention_cost_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
left join without_cost(['retention']) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(list_append(acquiring(), 'retention')) as of_both
    on cells.period_grain = of_both.period_grain and cells.period_start = of_both.period_start;
