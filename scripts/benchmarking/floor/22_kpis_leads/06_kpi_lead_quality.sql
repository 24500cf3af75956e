-- Quality of leads, and what their scores are worth.
create temp table quality_cells as
select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, score_band, score_version),
        ['lead_source', 'marketing_channel', 'campaign', 'score_band', 'score_version']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, score_band, score_version, 'all') as member,
    count(*) as leads, count(score) as leads_scored, sum(coalesce(score, 0)) as score_sum,
    count(*) filter (is_qualified) as leads_qualified,
    count(*) filter (is_reachable) as leads_reachable,
    count(*) filter (is_fit) as leads_fit,
    count(*) filter (sales_verdict = 'accepted') as leads_accepted,
    count(*) filter (sales_verdict = 'rejected') as leads_rejected,
    count(sales_verdict) as leads_judged, count(is_fit) as leads_with_criteria,
    sum(coalesce(criteria_seen, 0)) as criteria_seen,
    sum(coalesce(criteria_expected, 0)) as criteria_expected
from strict_leads
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (score_band), (score_version)
);

create temp table quality_periods as from by_period('quality_cells');

create temp table score_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, score_band, score_version),
        ['lead_source', 'marketing_channel', 'campaign', 'score_band', 'score_version']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, score_band, score_version, 'all') as member,
    round(median(cast(score as double)), 9) as lead_score_median
from strict_leads
inner join day_periods as days using (day)
where score is not null
group by days.grain, days.number, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (score_band), (score_version)
);

create table kpi.kpi_lead_quality as
select
    cells.*,
    ratio(score_sum, leads_scored) as lead_score_average,
    medians.lead_score_median,
    ratio(leads_qualified, leads_scored) as qualified_share,
    ratio(leads_scored, leads) as scored_share,
    ratio(leads_reachable, leads) as reachable_share,
    ratio(leads_fit, leads_with_criteria) as fit_share,
    ratio(leads_accepted, leads_judged) as sales_accepted_share,
    ratio(criteria_seen, criteria_expected) as score_completeness
from kpi_table('quality_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join score_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;
