-- Number of leads, and those of the periods before.
create temp table lead_cells as
with records as (
    select
        *,
        bool_or(is_eligible) over (partition by surviving_lead_id) as is_any_eligible
    from lead_facts
),

rows as (
    select
        day, lead_source, marketing_channel, campaign, industry, country,
        cast(is_strict as integer) as leads,
        cast(lead_type = 'newsletter' as integer) as leads_newsletter, 0 as lead_records,
        0 as leads_spam
    from records
    where is_eligible and (is_strict or lead_type = 'newsletter')
    union all
    select
        cast(record_created_at as date), lead_source, marketing_channel, campaign, industry,
        country, 0, 0,
        cast(coalesce(exclusion, 'merged') = 'merged' and is_any_eligible as integer),
        cast(coalesce(exclusion, '') = 'spam' as integer)
    from records
    where is_strict
)

select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, industry, country),
        ['lead_source', 'marketing_channel', 'campaign', 'industry', 'country']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, industry, country, 'all') as member,
    sum(leads) as leads, sum(leads_newsletter) as leads_newsletter,
    sum(lead_records) as lead_records, sum(leads_spam) as leads_spam
from rows
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (industry), (country)
);

create temp table lead_sums as from by_period('lead_cells');

create temp table lead_periods as
with earlier as (
    select
        grain, number + case grain when 'r12m' then 12 else 1 end as number, dimension, member,
        leads as leads_previous_period, 0 as leads_year_ago
    from lead_sums
    union all
    select
        grain,
        number + case grain
            when 'week' then 52 when 'month' then 12 when 'quarter' then 4 when 'r12m' then 12
            else 1
        end, dimension, member, 0, leads
    from lead_sums
),

counted as (
    from lead_sums
    union all by name
    select grain, number, dimension, member, accounts_with_lead
    from lead_accounts
    where dimension not in ('account_size_band', 'score_band', 'sales_rep')
    union all by name
    -- What was there in an earlier period makes a cell, even if it was none of these leads.
    select earlier.* from earlier inner join periods using (grain, number)
    where leads_previous_period + leads_year_ago > 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_leads as
with firsts as (
    select grain, min(starts_on) as first_start from periods group by grain
)

select
    cells.* replace (
        case when periods.previous_start >= firsts.first_start then leads_previous_period end
            as leads_previous_period,
        case when periods.year_ago_start >= firsts.first_start then leads_year_ago end
            as leads_year_ago
    ),
    case when periods.previous_start >= firsts.first_start then leads - leads_previous_period end
        as leads_change,
    case when periods.year_ago_start >= firsts.first_start then leads - leads_year_ago end
        as leads_change_year_ago,
    leads + leads_newsletter as leads_broad,
    ratio(leads_change, leads_previous_period) as leads_growth_rate,
    ratio(leads_change_year_ago, leads_year_ago) as leads_growth_rate_year_ago
from kpi_table('lead_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
inner join firsts on periods.grain = firsts.grain;
