-- Funnels of leads and quotes.
create temp table lead_funnel_cells as
select
    day,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    count(*) as leads, count(mql_at) as leads_mql, count(sql_at) as leads_sql,
    count(opportunity_at) as leads_opportunity, count(won_at) as leads_won,
    count(order_at) as leads_ordered, count(hours_to_mql) as leads_mql_timed,
    count(hours_to_sql) as leads_sql_timed, count(hours_to_opportunity) as leads_opportunity_timed,
    count(hours_to_won) as leads_won_timed, count(hours_to_order) as leads_ordered_timed
from strict_leads
group by day, grouping sets ((), (industry), (sales_rep), (lead_source));

create temp table lead_funnel_periods as from by_period('lead_funnel_cells');

create temp table lead_funnel_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    round(median(hours_to_mql), 9) as leads_mql_median_hours,
    round(median(hours_to_sql), 9) as leads_sql_median_hours,
    round(median(hours_to_opportunity), 9) as leads_opportunity_median_hours,
    round(median(hours_to_won), 9) as leads_won_median_hours,
    round(median(hours_to_order), 9) as leads_ordered_median_hours
from strict_leads
inner join day_periods as days using (day)
group by days.grain, days.number, grouping sets ((), (industry), (sales_rep), (lead_source));

create table kpi.kpi_lead_funnel as
select
    cells.*,
    ratio(leads_ordered, leads) as lead_funnel_rate,
    ratio(leads_mql, leads) as leads_mql_step_rate,
    ratio(leads_sql, leads_mql) as leads_sql_step_rate,
    ratio(leads_opportunity, leads_sql) as leads_opportunity_step_rate,
    ratio(leads_won, leads_opportunity) as leads_won_step_rate,
    ratio(leads_ordered, leads_won) as leads_ordered_step_rate,
    leads - leads_mql as leads_mql_lost, leads_mql - leads_sql as leads_sql_lost,
    leads_sql - leads_opportunity as leads_opportunity_lost,
    leads_opportunity - leads_won as leads_won_lost,
    leads_won - leads_ordered as leads_ordered_lost,
    medians.* exclude (grain, number, dimension, member)
from kpi_table('lead_funnel_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join lead_funnel_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;
