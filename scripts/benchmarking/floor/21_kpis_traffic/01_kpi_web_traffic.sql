-- K03, K04, K05 with K25, K07 (web), K08. Who visits when is kept as a mask of months: a unit
-- counts in every month, quarter, year and window that its mask meets, and no row is copied.
create table month_masks as
select
    periods.grain, periods.number,
    bit_or(cast(1 as hugeint) << months.number) as mask,
    bit_or(cast(1 as hugeint) << months.number) filter (months.starts_on = periods.starts_on)
        as first
from periods
inner join periods as months
    on months.grain = 'month'
    and months.starts_on >= periods.starts_on and months.starts_on < periods.ends_on
where periods.grain in ('month', 'quarter', 'year', 'r12m')
group by periods.grain, periods.number;

create temp table visitor_numbers as
select visitor_id, row_number() over () as visitor
from (select visitor_id from sessions union select visitor_id from order_visits);

create temp table web_rows as
select
    numbers.visitor, sessions.account_id,
    coalesce(sessions.account_id, '(no account)') as account, sessions.day,
    weeks.number as week, cast(1 as hugeint) << months.number as month_mask,
    sessions.marketing_channel, sessions.source, sessions.medium, sessions.campaign,
    sessions.landing_page, sessions.device_type, sessions.country, sessions.customer_type,
    sessions.pageviews, coalesce(sessions.bytes_sent, 0) as bytes_sent,
    sessions.sessions_split_on_campaign, sessions.has_order, sessions.has_form_submit,
    sessions.is_repeat_visit, sessions.is_repeat_visit_by_account, sessions.shop_steps,
    sessions.started_at, sessions.product_view_at, sessions.cart_at, sessions.checkout_at,
    sessions.order_at
from sessions
inner join visitor_numbers as numbers on sessions.visitor_id = numbers.visitor_id
inner join period_days as weeks on sessions.day = weeks.day and weeks.grain = 'week'
inner join period_days as months on sessions.day = months.day and months.grain = 'month';

-- Who was there: counted once, for every table that asks.
create temp table visitor_masks as
select
    visitor,
    dimension_of(
        grouping_id(marketing_channel, source, medium, campaign, landing_page, device_type, country,
            customer_type, account),
        ['marketing_channel', 'source', 'medium', 'campaign', 'landing_page', 'device_type',
            'country', 'customer_type', 'account']
    ) as dimension,
    coalesce(marketing_channel, source, medium, campaign, landing_page, device_type, country,
        customer_type, account, 'all') as member,
    bit_or(month_mask) as visits,
    bit_or(month_mask) filter (is_repeat_visit) as repeats
from web_rows
group by visitor, grouping sets (
    (), (marketing_channel), (source), (medium), (campaign), (landing_page), (device_type),
    (country), (customer_type), (account)
);

create temp table visitor_weeks as
select
    visitor, week,
    dimension_of(
        grouping_id(marketing_channel, source, medium, campaign, landing_page, device_type, country,
            customer_type, account),
        ['marketing_channel', 'source', 'medium', 'campaign', 'landing_page', 'device_type',
            'country', 'customer_type', 'account']
    ) as dimension,
    coalesce(marketing_channel, source, medium, campaign, landing_page, device_type, country,
        customer_type, account, 'all') as member,
    bool_or(is_repeat_visit) as has_repeat
from web_rows
group by visitor, week, grouping sets (
    (), (marketing_channel), (source), (medium), (campaign), (landing_page), (device_type),
    (country), (customer_type), (account)
);

create temp table visitor_counts as
with grouped as (
    select dimension, member, visits, coalesce(repeats, 0) as repeats, count(*) as visitors
    from visitor_masks
    group by all
)

select
    periods.grain, periods.number, grouped.dimension, grouped.member,
    sum(visitors) as visitors,
    coalesce(sum(visitors) filter (repeats & periods.mask != 0), 0) as visitors_with_repeat_visit
from grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, grouped.dimension, grouped.member
union all
select 'week', week, dimension, member, count(*), count(*) filter (has_repeat)
from visitor_weeks
group by week, dimension, member;

create temp table identified as
with masks as (
    select
        account_id,
        dimension_of(
            grouping_id(marketing_channel, source, medium, campaign, landing_page, device_type,
                country, customer_type, account),
            ['marketing_channel', 'source', 'medium', 'campaign', 'landing_page', 'device_type',
                'country', 'customer_type', 'account']
        ) as dimension,
        coalesce(marketing_channel, source, medium, campaign, landing_page, device_type, country,
            customer_type, account, 'all') as member,
        bit_or(month_mask) as visits
    from web_rows
    where account_id is not null
    group by account_id, grouping sets (
        (), (marketing_channel), (source), (medium), (campaign), (landing_page), (device_type),
        (country), (customer_type), (account)
    )
),

weeks as (
    select
        week,
        dimension_of(
            grouping_id(marketing_channel, source, medium, campaign, landing_page, device_type,
                country, customer_type, account),
            ['marketing_channel', 'source', 'medium', 'campaign', 'landing_page', 'device_type',
                'country', 'customer_type', 'account']
        ) as dimension,
        coalesce(marketing_channel, source, medium, campaign, landing_page, device_type, country,
            customer_type, account, 'all') as member,
        count(distinct account_id) as accounts
    from web_rows
    where account_id is not null
    group by week, grouping sets (
        (), (marketing_channel), (source), (medium), (campaign), (landing_page), (device_type),
        (country), (customer_type), (account)
    )
)

select periods.grain, periods.number, dimension, member, sum(accounts) as accounts_identified
from (select dimension, member, visits, count(*) as accounts from masks group by all) as grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select 'week', week, dimension, member, accounts from weeks;

create temp table traffic_cells as
with hits as (
    select
        day, marketing_channel, source, medium, campaign, landing_page, device_type, country,
        customer_type, account, 1 as sessions, sessions_split_on_campaign,
        pageviews as pageviews_in_sessions, bytes_sent, 0 as pageviews_cookieless
    from web_rows
    union all
    select
        day, '(unknown)', '(unknown)', '(unknown)', '(unknown)', '(unknown)', device_type, country,
        '(no account)', '(no account)', 0, 0, 0, coalesce(bytes_sent, 0), pageviews
    from cookieless
)

select
    day,
    dimension_of(
        grouping_id(marketing_channel, source, medium, campaign, landing_page, device_type, country,
            customer_type, account),
        ['marketing_channel', 'source', 'medium', 'campaign', 'landing_page', 'device_type',
            'country', 'customer_type', 'account']
    ) as dimension,
    coalesce(marketing_channel, source, medium, campaign, landing_page, device_type, country,
        customer_type, account, 'all') as member,
    sum(sessions) as sessions, sum(sessions_split_on_campaign) as sessions_split_on_campaign,
    sum(pageviews_in_sessions) as pageviews_in_sessions,
    sum(pageviews_cookieless) as pageviews_cookieless, sum(bytes_sent) as bytes_sent
from hits
group by day, grouping sets (
    (), (marketing_channel), (source), (medium), (campaign), (landing_page), (device_type),
    (country), (customer_type), (account)
);

create temp table traffic_periods as
select
    coalesce(cells.grain, counts.grain) as grain,
    coalesce(cells.number, counts.number) as number,
    coalesce(cells.dimension, counts.dimension) as dimension,
    coalesce(cells.member, counts.member) as member,
    counts.visitors, identified.accounts_identified,
    cells.* exclude (grain, number, dimension, member)
from by_period('traffic_cells') as cells
full join visitor_counts as counts
    on cells.grain = counts.grain and cells.number = counts.number
    and cells.dimension = counts.dimension and cells.member = counts.member
left join identified
    on cells.grain = identified.grain and cells.number = identified.number
    and cells.dimension = identified.dimension and cells.member = identified.member;

create table kpi.kpi_web_traffic as
select
    * replace (
        case when (select count(bytes_sent) from stg.web_events) > 0
            or (select count(bytes_sent) from stg.web_sessions) > 0 then bytes_sent end
            as bytes_sent
    ),
    pageviews_in_sessions + pageviews_cookieless as pageviews,
    ratio(pageviews_in_sessions, sessions) as pages_per_session
from kpi_table(
    'traffic_periods', ['week', 'month', 'quarter', 'year', 'r12m'],
    ['source', 'campaign', 'landing_page', 'account']
);
