create temp table share_cells as
with rows as (
    select
        day, segment,
        cost_of(scope, amount, marketing()) as marketing_cost,
        cost_of(scope, amount, ['sales_people', 'sales_commission']) as sales_cost,
        cost_of(scope, amount, ['overhead']) as overhead_cost,
        cost_of(scope, amount, acquiring()) as acquisition_cost,
        cost_of(scope, amount, list_append(acquiring(), 'overhead')) as fully_loaded_cost,
        0 as new_customers
    from costs
    union all by name
    select order_date as day, segment, 1 as new_customers from new_customers
)

select
    day, case when grouping(segment) = 0 then 'segment' else 'total' end as dimension,
    coalesce(segment, 'all') as member,
    coalesce(sum(columns(* exclude (day, segment))), 0)
from rows
group by day, grouping sets ((), (segment));

create temp table share_periods as from by_period('share_cells', with_days := true);

create table kpi.kpi_marketing_share_of_cac as
select
    cells.*,
    case when gaps.period_start is null then ratio(marketing_cost, acquisition_cost) end
        as marketing_share_of_cac,
    case when of_all.period_start is null then ratio(marketing_cost, fully_loaded_cost) end
        as marketing_share_of_fully_loaded_cac
from kpi_table('share_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], []) as cells
left join without_cost(acquiring()) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(list_append(acquiring(), 'overhead')) as of_all
    on cells.period_grain = of_all.period_grain and cells.period_start = of_all.period_start;
