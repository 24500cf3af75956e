-- Qualification: each count on its own date.
create temp table qualification_cells as
with rows as (
    select *, 'lead' as event, day as event_day from strict_leads
    union all
    select *, 'mql', mql_date from strict_leads where mql_at is not null
    union all
    select *, 'sql', sql_date from strict_leads where sql_at is not null
    union all
    select *, 'customer', customer_date from strict_leads where customer_at is not null
    union all
    select leads.*, 'reentry', entries.day
    from stage_entries as entries
    inner join strict_leads as leads on entries.lead_id = leads.lead_id
    where entries.is_reentry
)

select
    event_day as day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, sales_rep, industry, score_band),
        ['lead_source', 'marketing_channel', 'campaign', 'sales_rep', 'industry', 'score_band']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, sales_rep, industry, score_band, 'all')
        as member,
    count(*) filter (event = 'lead') as leads,
    count(mql_at) filter (event = 'lead') as leads_mql,
    count(*) filter (event = 'mql') as mqls,
    count(*) filter (event = 'mql' and is_mql_imputed) as mqls_imputed,
    count(*) filter (event = 'mql' and mql_outcome = 'sql') as mqls_to_sql,
    count(customer_at) filter (event = 'mql') as mqls_to_customer,
    count(*) filter (event = 'mql' and mql_outcome = 'rejected') as mqls_rejected,
    count(*) filter (event = 'mql' and mql_outcome = 'recycled') as mqls_recycled,
    count(*) filter (event = 'mql' and mql_outcome = 'open') as mqls_open,
    count(*) filter (event = 'mql' and current_stage in ('sql', 'opportunity', 'customer'))
        as mqls_now_sql,
    count(response_hours) filter (event = 'mql' and not is_mql_imputed) as mqls_responded,
    count(*) filter (event = 'sql') as sqls,
    count(customer_at) filter (event = 'sql') as sqls_to_customer,
    count(*) filter (event = 'customer') as customers,
    count(*) filter (event = 'customer' and mql_entered_at is null) as customers_never_mql,
    count(*) filter (event = 'reentry') as stage_reentries
from rows
group by event_day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (sales_rep), (industry), (score_band)
);

create temp table qualification_periods as from by_period('qualification_cells');

create temp table response_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, sales_rep, industry, score_band),
        ['lead_source', 'marketing_channel', 'campaign', 'sales_rep', 'industry', 'score_band']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, sales_rep, industry, score_band, 'all')
        as member,
    round(median(response_hours), 9) as mql_response_hours_median
from strict_leads
inner join day_periods as days on strict_leads.mql_date = days.day
where not is_mql_imputed and response_hours is not null
group by days.grain, days.number, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (sales_rep), (industry), (score_band)
);

create table kpi.kpi_lead_qualification as
select
    cells.*,
    ratio(mqls_to_sql, mqls) as mql_to_sql_rate,
    ratio(leads_mql, leads) as lead_to_mql_rate,
    ratio(sqls_to_customer, sqls) as sql_to_customer_rate,
    ratio(mqls_to_customer, mqls) as mql_to_customer_rate,
    ratio(mqls_rejected, mqls) as mql_rejected_rate,
    ratio(customers_never_mql, customers) as customers_never_mql_rate,
    ratio(sqls, mqls) as mql_to_sql_rate_period,
    ratio(mqls_now_sql, mqls) as mql_to_sql_rate_current_status,
    medians.mql_response_hours_median
from kpi_table('qualification_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join response_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;
