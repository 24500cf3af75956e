-- Repeat visits.
create temp table repeat_cells as
select
    day,
    dimension_of(
        grouping_id(marketing_channel, device_type, country, customer_type),
        ['marketing_channel', 'device_type', 'country', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, device_type, country, customer_type, 'all') as member,
    count(*) as total_visits, count(*) filter (is_repeat_visit) as repeat_visits,
    count(*) filter (is_repeat_visit_by_account) as repeat_visits_by_account
from web_rows
group by day, grouping sets (
    (), (marketing_channel), (device_type), (country), (customer_type)
);

create temp table repeat_periods as
select
    cells.*, counts.visitors as unique_visitors, counts.visitors_with_repeat_visit
from by_period('repeat_cells') as cells
inner join visitor_counts as counts using (grain, number, dimension, member);

create table kpi.kpi_repeat_visits as
select
    *,
    total_visits - repeat_visits as first_ever_visits,
    ratio(repeat_visits, total_visits) as repeat_visit_rate,
    ratio(visitors_with_repeat_visit, unique_visitors) as returning_visitor_share,
    ratio(repeat_visits_by_account, total_visits) as repeat_visit_rate_by_account
from kpi_table('repeat_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);
