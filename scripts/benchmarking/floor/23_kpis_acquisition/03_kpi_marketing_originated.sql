-- Customers that marketing originated, and the people it reached.
create temp table originated_cells as
select
    order_date as day,
    dimension_of(
        grouping_id(acquisition_channel, acquisition_campaign, industry),
        ['acquisition_channel', 'campaign', 'industry']
    ) as dimension,
    coalesce(acquisition_channel, acquisition_campaign, industry, 'all') as member,
    count(*) as new_customers,
    count(*) filter (is_originated) as new_customers_originated,
    count(*) filter (is_influenced) as new_customers_influenced,
    count(*) filter (not is_origin_known) as new_customers_without_touch,
    count(*) filter (is_marketing) as new_customers_credited,
    sum(order_value) as first_order_value,
    coalesce(sum(order_value) filter (is_originated), 0) as first_order_value_originated
from new_customers
group by order_date, grouping sets (
    (), (acquisition_channel), (acquisition_campaign), (industry)
);

create temp table reached as
with rows as (
    select
        coalesce('contact:' || touches.contact_id, touches.visitor_id) as person,
        origins.marketing_channel, origins.campaign,
        case when touches.account_id is null then '(no account)'
            else coalesce(members.industry, '(unknown)') end as industry,
        weeks.number as week, cast(1 as hugeint) << months.number as month_mask
    from touches
    inner join origins on touches.origin = origins.origin and origins.is_marketing
    left join members
        on touches.account_id = members.account_id
        and cast(touches.touched_at as date) >= members.valid_from
        and cast(touches.touched_at as date) < members.valid_to
    inner join period_days as weeks
        on cast(touches.touched_at as date) = weeks.day and weeks.grain = 'week'
    inner join period_days as months
        on cast(touches.touched_at as date) = months.day and months.grain = 'month'
    where
        person is not null
        and (touches.account_id is null or touches.account_id not in (from internal_accounts))
),

masks as (
    select
        person,
        dimension_of(
            grouping_id(marketing_channel, campaign, industry),
            ['acquisition_channel', 'campaign', 'industry']
        ) as dimension,
        coalesce(marketing_channel, campaign, industry, 'all') as member,
        bit_or(month_mask) as touched
    from rows
    group by person, grouping sets ((), (marketing_channel), (campaign), (industry))
)

select periods.grain, periods.number, dimension, member, sum(people) as people_reached
from (select dimension, member, touched, count(*) as people from masks group by all) as grouped
inner join month_masks as periods on grouped.touched & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', week,
    dimension_of(
        grouping_id(marketing_channel, campaign, industry),
        ['acquisition_channel', 'campaign', 'industry']
    ),
    coalesce(marketing_channel, campaign, industry, 'all'),
    count(distinct person)
from rows
group by week, grouping sets ((), (marketing_channel), (campaign), (industry));

create temp table originated_periods as
with counted as (
    from by_period('originated_cells') union all by name from reached
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_marketing_originated as
select
    *,
    new_customers - new_customers_without_touch as new_customers_known,
    ratio(new_customers_originated, new_customers) as marketing_originated_rate,
    ratio(new_customers_originated, new_customers - new_customers_without_touch)
        as marketing_originated_rate_known_only,
    ratio(new_customers_influenced, new_customers) as marketing_influenced_rate,
    ratio(new_customers_credited, new_customers) as marketing_attributed_rate,
    ratio(first_order_value_originated, first_order_value) as marketing_originated_sales_rate
from kpi_table('originated_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']);
