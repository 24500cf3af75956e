-- Cost per lead.
create temp table lead_cost_cells as
with rows as (
    select
        day, marketing_channel, campaign, program, initiative, tactic, amount as marketing_cost,
        case when is_lead_generation then amount else 0 end as lead_gen_cost,
        case when is_paid_media then amount else 0 end as paid_media_cost,
        0 as leads, 0 as leads_broad, 0 as leads_mql, 0 as leads_sql
    from costs
    where scope in ('marketing_program', 'marketing_people')
    union all
    select
        day, marketing_channel, campaign, program, initiative, tactic, 0, 0, 0,
        cast(is_strict as integer), cast(is_strict or lead_type = 'newsletter' as integer),
        cast(is_strict and mql_at is not null as integer),
        cast(is_strict and sql_at is not null as integer)
    from lead_facts
    where is_eligible
)

select
    day,
    dimension_of(
        grouping_id(marketing_channel, campaign, program, initiative, tactic),
        ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic']
    ) as dimension,
    coalesce(marketing_channel, campaign, program, initiative, tactic, 'all') as member,
    sum(columns(* exclude (day, marketing_channel, campaign, program, initiative, tactic)))
from rows
group by day, grouping sets (
    (), (marketing_channel), (campaign), (program), (initiative), (tactic)
);

create temp table lead_cost_periods as from by_period('lead_cost_cells');

create table kpi.kpi_cost_per_lead as
select
    cells.*,
    case when gaps.period_start is null then ratio(marketing_cost, leads) end as cost_per_lead,
    case when gaps.period_start is null then ratio(lead_gen_cost, leads) end
        as cost_per_lead_lead_gen_only,
    case when gaps.period_start is null then ratio(paid_media_cost, leads) end
        as cost_per_lead_paid_media,
    case when gaps.period_start is null then ratio(marketing_cost, leads_broad) end
        as cost_per_lead_broad,
    case when gaps.period_start is null then ratio(marketing_cost, leads_mql) end as cost_per_mql,
    case when gaps.period_start is null then ratio(marketing_cost, leads_sql) end as cost_per_sql
from kpi_table('lead_cost_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
left join without_cost(['marketing_program', 'marketing_people']) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start;
