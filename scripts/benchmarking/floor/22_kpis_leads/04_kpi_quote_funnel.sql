create temp table quote_rows as
select
    quotes.*,
    case when is_sent_known then hours(requested_at, sent_at) end as hours_to_sent,
    case when is_sent_known and is_accepted_known then hours(sent_at, accepted_at) end
        as hours_to_accepted,
    case when is_accepted_known then hours(accepted_at, ordered_at) end as hours_to_order
from quotes;

create temp table quote_cells as
select
    day,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    count(*) as quotes_requested, count(sent_at) as quotes_sent,
    count(accepted_at) as quotes_accepted, count(ordered_at) as quotes_ordered,
    count(hours_to_sent) as quotes_sent_timed, count(hours_to_accepted) as quotes_accepted_timed,
    count(hours_to_order) as quotes_ordered_timed
from quote_rows
group by day, grouping sets ((), (industry), (sales_rep), (lead_source));

create temp table quote_periods as from by_period('quote_cells');

create temp table quote_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    round(median(hours_to_sent), 9) as quotes_sent_median_hours,
    round(median(hours_to_accepted), 9) as quotes_accepted_median_hours,
    round(median(hours_to_order), 9) as quotes_ordered_median_hours
from quote_rows
inner join day_periods as days using (day)
group by days.grain, days.number, grouping sets ((), (industry), (sales_rep), (lead_source));

create table kpi.kpi_quote_funnel as
select
    cells.*,
    ratio(quotes_ordered, quotes_requested) as quote_funnel_rate,
    ratio(quotes_sent, quotes_requested) as quotes_sent_step_rate,
    ratio(quotes_accepted, quotes_sent) as quotes_accepted_step_rate,
    ratio(quotes_ordered, quotes_accepted) as quotes_ordered_step_rate,
    quotes_requested - quotes_sent as quotes_sent_lost,
    quotes_sent - quotes_accepted as quotes_accepted_lost,
    quotes_accepted - quotes_ordered as quotes_ordered_lost,
    medians.* exclude (grain, number, dimension, member)
from kpi_table('quote_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join quote_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;
