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

-- Conversion: what visitors do, in each member in which they visit in the same period.
create temp table acts as
select
    numbers.visitor, orders.order_date as day, weeks.number as week, months.number as month,
    1 as orders, orders.order_value, cast(orders.is_first_order as integer) as first_orders,
    0 as forms
from order_facts as orders
inner join visitor_numbers as numbers on orders.visitor_id = numbers.visitor_id
inner join period_days as weeks on orders.order_date = weeks.day and weeks.grain = 'week'
inner join period_days as months on orders.order_date = months.day and months.grain = 'month'
where orders.is_valid
union all
select rows.visitor, rows.day, rows.week, months.number, 0, 0, 0, 1
from web_rows as rows
inner join period_days as months on rows.day = months.day and months.grain = 'month'
where rows.has_form_submit;

create temp table actor_masks as
select masks.* exclude (repeats)
from visitor_masks as masks
where
    masks.visitor in (select visitor from acts)
    and masks.dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    );

create temp table acting as
with act_masks as (
    select
        visitor,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (orders > 0), 0) as orders,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (forms > 0), 0) as forms,
        coalesce(bit_or(cast(1 as hugeint) << month) filter (first_orders > 0), 0) as first_orders
    from acts
    group by visitor
),

grouped as (
    select
        dimension, member, visits, orders, forms, first_orders, count(*) as visitors
    from actor_masks
    inner join act_masks using (visitor)
    group by all
),

act_weeks as (
    select
        visitor, week, sum(orders) as orders, sum(forms) as forms,
        sum(first_orders) as first_orders, sum(order_value) as order_value
    from acts
    group by visitor, week
),

month_sums as (
    select
        masks.dimension, masks.member, masks.visits, acts.month,
        sum(acts.orders) as orders, sum(acts.order_value) as order_value
    from actor_masks as masks
    inner join acts on masks.visitor = acts.visitor and acts.orders > 0
    group by all
)

select
    periods.grain, periods.number, dimension, member,
    coalesce(sum(visitors) filter (orders & periods.mask != 0), 0) as visitors_with_order,
    coalesce(sum(visitors) filter (forms & periods.mask != 0), 0) as visitors_with_form,
    coalesce(sum(visitors) filter ((orders | forms) & periods.mask != 0), 0)
        as visitors_with_action,
    coalesce(sum(visitors) filter (first_orders & periods.mask != 0), 0) as visitors_new_customer,
    0 as orders_from_visitors, 0 as order_value_from_visitors
from grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    periods.grain, periods.number, dimension, member, 0, 0, 0, 0, sum(orders), sum(order_value)
from month_sums
inner join month_masks as periods
    on month_sums.visits & periods.mask != 0
    and (cast(1 as hugeint) << month_sums.month) & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', week, dimension, member,
    count(*) filter (orders > 0), count(*) filter (forms > 0),
    count(*), count(*) filter (first_orders > 0), sum(orders), sum(order_value)
from visitor_weeks
inner join act_weeks using (visitor, week)
where dimension in (
    'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
)
group by week, dimension, member;

-- Orders within so many days of the first visit of the period. In a window that is the first of
-- its first month with one.
create temp table soon as
with first_visits as (
    select
        rows.visitor, periods.grain, periods.number, min(rows.day) as day
    from web_rows as rows
    inner join period_days as periods on rows.day = periods.day and periods.grain != 'day'
    where rows.visitor in (select visitor from acts where orders > 0)
    group by all
),

spelled as (
    select visitor, grain, number as from_number, number as to_number, day from first_visits
    union all
    select
        visitor, 'r12m',
        greatest(number, coalesce(lag(number) over months + 12, number)), number + 11, day
    from first_visits
    where grain = 'month'
    window months as (partition by visitor order by number)
),

ordered as (
    select
        spelled.visitor, spelled.grain, spelled.from_number, spelled.to_number,
        bool_or(acts.day <= spelled.day + 30) as is_within_30d
    from spelled
    inner join acts
        on spelled.visitor = acts.visitor and acts.orders > 0
        and acts.day between spelled.day and spelled.day + 90
    group by all
),

grouped as (
    select
        masks.dimension, masks.member, masks.visits, ordered.grain, ordered.from_number,
        ordered.to_number, count(*) as visitors,
        count(*) filter (ordered.is_within_30d) as visitors_30d
    from ordered
    inner join actor_masks as masks on ordered.visitor = masks.visitor
    where ordered.grain != 'week'
    group by all
)

select
    periods.grain, periods.number, dimension, member,
    sum(visitors_30d) as visitors_with_order_within_30d,
    sum(visitors) as visitors_with_order_within_90d
from grouped
inner join month_masks as periods
    on grouped.grain = periods.grain
    and periods.number between grouped.from_number and grouped.to_number
    and grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', ordered.from_number, weeks.dimension, weeks.member,
    count(*) filter (ordered.is_within_30d), count(*)
from ordered
inner join visitor_weeks as weeks
    on ordered.visitor = weeks.visitor and ordered.from_number = weeks.week
where
    ordered.grain = 'week'
    and weeks.dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    )
group by ordered.from_number, weeks.dimension, weeks.member;

create temp table conversion_cells as
select
    day,
    dimension_of(
        grouping_id(marketing_channel, campaign, device_type, country, customer_type),
        ['marketing_channel', 'campaign', 'device_type', 'country', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, campaign, device_type, country, customer_type, 'all') as member,
    count(*) as sessions, count(*) filter (has_order) as sessions_with_order,
    0 as orders_valid, 0 as orders_without_visitor
from web_rows
group by day, grouping sets (
    (), (marketing_channel), (campaign), (device_type), (country), (customer_type)
)
union all
select
    order_date, 'total', 'all', 0, 0, count(*), count(*) filter (visitor_id is null)
from order_facts
where is_valid
group by order_date;

create temp table conversion_periods as
with counted as (
    from by_period('conversion_cells')
    union all by name
    select grain, number, dimension, member, visitors
    from visitor_counts
    where dimension in (
        'total', 'marketing_channel', 'campaign', 'device_type', 'country', 'customer_type'
    )
    union all by name
    from acting
    union all by name
    from soon
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_visitor_conversion as
select
    * replace (
        case when dimension = 'total' then orders_valid end as orders_valid,
        case when dimension = 'total' then orders_without_visitor end as orders_without_visitor
    ),
    case when dimension = 'total' then orders_valid - orders_from_visitors - orders_without_visitor
    end as orders_without_visit,
    ratio(visitors_with_order, visitors) as visitor_conversion_rate,
    ratio(orders_from_visitors, visitors) as orders_per_visitor,
    ratio(sessions_with_order, sessions) as session_conversion_rate,
    ratio(visitors_with_form, visitors) as visitor_form_rate,
    ratio(visitors_with_action, visitors) as visitor_action_rate,
    ratio(visitors_new_customer, visitors) as visitor_new_customer_rate,
    ratio(visitors_with_order_within_30d, visitors) as visitor_conversion_rate_within_30d,
    ratio(visitors_with_order_within_90d, visitors) as visitor_conversion_rate_within_90d,
    ratio(order_value_from_visitors, visitors) as revenue_per_visitor
from kpi_table('conversion_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']);

-- The funnel of the web shop.
create temp table funnel_rows as
select
    day, marketing_channel, device_type, landing_page, customer_type, has_order,
    case when order_at is not null then 4 else shop_steps end as steps,
    hours(started_at, product_view_at) as product_view_hours,
    hours(product_view_at, cart_at) as cart_hours,
    hours(cart_at, checkout_at) as checkout_hours,
    hours(checkout_at, order_at) as order_hours
from web_rows;

create temp table funnel_cells as
select
    day,
    dimension_of(
        grouping_id(marketing_channel, device_type, landing_page, customer_type),
        ['marketing_channel', 'device_type', 'landing_page', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, device_type, landing_page, customer_type, 'all') as member,
    count(*) as sessions,
    count(*) filter (steps >= 1) as sessions_with_product_view,
    count(*) filter (steps >= 2) as sessions_with_cart,
    count(*) filter (steps >= 3) as sessions_with_checkout,
    count(*) filter (steps >= 4) as sessions_with_order,
    count(*) filter (has_order) as sessions_with_order_open,
    count(product_view_hours) as sessions_with_product_view_timed,
    count(cart_hours) as sessions_with_cart_timed,
    count(checkout_hours) as sessions_with_checkout_timed,
    count(order_hours) as sessions_with_order_timed
from funnel_rows
group by day, grouping sets (
    (), (marketing_channel), (device_type), (landing_page), (customer_type)
);

create temp table funnel_periods as from by_period('funnel_cells', with_days := true);

create temp table funnel_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(marketing_channel, device_type, landing_page, customer_type),
        ['marketing_channel', 'device_type', 'landing_page', 'customer_type']
    ) as dimension,
    coalesce(marketing_channel, device_type, landing_page, customer_type, 'all') as member,
    round(median(product_view_hours), 9) as sessions_with_product_view_median_hours,
    round(median(cart_hours), 9) as sessions_with_cart_median_hours,
    round(median(checkout_hours), 9) as sessions_with_checkout_median_hours,
    round(median(order_hours), 9) as sessions_with_order_median_hours
from funnel_rows
inner join day_periods as days using (day)
where steps > 0 and product_view_hours is not null
group by days.grain, days.number, grouping sets (
    (), (marketing_channel), (device_type), (landing_page), (customer_type)
);

create table kpi.kpi_web_funnel as
select
    cells.*,
    ratio(sessions_with_order, sessions) as web_funnel_rate,
    ratio(sessions_with_product_view, sessions) as sessions_with_product_view_step_rate,
    ratio(sessions_with_cart, sessions_with_product_view) as sessions_with_cart_step_rate,
    ratio(sessions_with_checkout, sessions_with_cart) as sessions_with_checkout_step_rate,
    ratio(sessions_with_order, sessions_with_checkout) as sessions_with_order_step_rate,
    sessions - sessions_with_product_view as sessions_with_product_view_lost,
    sessions_with_product_view - sessions_with_cart as sessions_with_cart_lost,
    sessions_with_cart - sessions_with_checkout as sessions_with_checkout_lost,
    sessions_with_checkout - sessions_with_order as sessions_with_order_lost,
    medians.* exclude (grain, number, dimension, member),
    ratio(sessions_with_order_open, sessions) as web_funnel_rate_open
from kpi_table(
    'funnel_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], ['landing_page']
) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join funnel_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;

-- E-mail opt-in. Lists have forms, visitors have channels and devices.
create temp table list_acts as
select
    numbers.visitor, list_events.form_name, weeks.number as week,
    cast(1 as hugeint) << months.number as month_mask,
    list_events.is_opt_in, list_events.is_confirmation,
    list_events.is_opt_out and list_events.event_type = 'unsubscribe' as is_unsubscribed
from list_events
inner join visitor_numbers as numbers on list_events.visitor_id = numbers.visitor_id
inner join period_days as weeks on list_events.day = weeks.day and weeks.grain = 'week'
inner join period_days as months on list_events.day = months.day and months.grain = 'month'
where list_events.is_opt_in or list_events.is_confirmation or list_events.is_opt_out;

-- The periods at whose start a visitor was subscribed.
create temp table subscribed_at as
select distinct numbers.visitor, periods.grain, periods.number
from list_spells as spells
inner join visitor_numbers as numbers on spells.visitor_id = numbers.visitor_id
inner join periods
    on periods.grain in ('week', 'month')
    and spells.active_from < periods.starts_on and spells.active_to >= periods.starts_on;

create temp table opt_in_counts as
with subscriber_masks as (
    select visitor, bit_or(cast(1 as hugeint) << number) as subscribed
    from subscribed_at
    where grain = 'month'
    group by visitor
),

act_masks as (
    select
        visitor,
        bit_or(month_mask) filter (is_opt_in) as opted_in,
        bit_or(month_mask) filter (is_confirmation) as confirmed,
        bit_or(month_mask) filter (is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor
),

form_masks as (
    select
        visitor, form_name,
        bit_or(month_mask) filter (is_opt_in) as opted_in,
        bit_or(month_mask) filter (is_confirmation) as confirmed,
        bit_or(month_mask) filter (is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, form_name
),

grouped as (
    select
        masks.dimension, masks.member, masks.visits,
        coalesce(acts.opted_in, 0) as opted_in, coalesce(acts.confirmed, 0) as confirmed,
        coalesce(acts.unsubscribed, 0) as unsubscribed,
        coalesce(subscribers.subscribed, 0) as subscribed, count(*) as visitors
    from visitor_masks as masks
    left join act_masks as acts using (visitor)
    left join subscriber_masks as subscribers using (visitor)
    where
        masks.dimension in ('total', 'marketing_channel', 'device_type')
        and (acts.visitor is not null or subscribers.visitor is not null)
    group by all
    union all
    select
        'form_name', acts.form_name, masks.visits, coalesce(acts.opted_in, 0),
        coalesce(acts.confirmed, 0), coalesce(acts.unsubscribed, 0), 0, count(*)
    from visitor_masks as masks
    inner join form_masks as acts using (visitor)
    where masks.dimension = 'total'
    group by all
),

act_weeks as (
    select
        visitor, week, bool_or(is_opt_in) as opted_in, bool_or(is_confirmation) as confirmed,
        bool_or(is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, week
),

form_weeks as (
    select
        visitor, week, form_name, bool_or(is_opt_in) as opted_in,
        bool_or(is_confirmation) as confirmed, bool_or(is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, week, form_name
)

select
    periods.grain, periods.number, dimension, member,
    coalesce(sum(visitors) filter (opted_in & mask != 0), 0) as visitors_opted_in,
    coalesce(sum(visitors) filter (subscribed & first != 0), 0) as visitors_subscribed_before,
    coalesce(sum(visitors) filter (confirmed & mask != 0), 0) as visitors_confirmed,
    coalesce(sum(visitors) filter (unsubscribed & mask != 0), 0) as visitors_unsubscribed,
    coalesce(sum(visitors) filter (opted_in & mask != 0 or subscribed & first != 0), 0)
        as visitors_subscribed
from grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', weeks.week, weeks.dimension, weeks.member,
    count(*) filter (acts.opted_in), count(*) filter (subscribed.visitor is not null),
    count(*) filter (acts.confirmed), count(*) filter (acts.unsubscribed),
    count(*) filter (acts.opted_in or subscribed.visitor is not null)
from visitor_weeks as weeks
left join act_weeks as acts on weeks.visitor = acts.visitor and weeks.week = acts.week
left join subscribed_at as subscribed
    on subscribed.grain = 'week'
    and weeks.visitor = subscribed.visitor and weeks.week = subscribed.number
where
    weeks.dimension in ('total', 'marketing_channel', 'device_type')
    and (acts.visitor is not null or subscribed.visitor is not null)
group by weeks.week, weeks.dimension, weeks.member
union all
select
    'week', weeks.week, 'form_name', acts.form_name,
    count(*) filter (acts.opted_in), 0, count(*) filter (acts.confirmed),
    count(*) filter (acts.unsubscribed), 0
from visitor_weeks as weeks
inner join form_weeks as acts on weeks.visitor = acts.visitor and weeks.week = acts.week
where weeks.dimension = 'total'
group by weeks.week, acts.form_name;

create temp table list_cells as
select
    day,
    case when grouping(form_name) = 0 then 'form_name' else 'total' end as dimension,
    coalesce(form_name, 'all') as member,
    count(*) filter (is_opt_in) as opt_ins,
    count(*) filter (is_opt_in and visitor_id is null) as opt_ins_offline,
    count(*) filter (is_opt_out and event_type = 'unsubscribe') as list_unsubscribed,
    count(*) filter (is_opt_out and event_type = 'bounce') as list_bounced
from list_events
group by day, grouping sets ((), (form_name));

-- The size of a list at a moment: who came before it, less who left before it.
create temp table list_sizes as
with edges as (
    select unnest([active_from, active_to]) as day, unnest([1, -1]) as step, form_name
    from list_spells
),

sizes as (
    select
        day,
        case when grouping(form_name) = 0 then 'form_name' else 'total' end as dimension,
        coalesce(form_name, 'all') as member,
        sum(sum(step)) over (
            partition by grouping(form_name), coalesce(form_name, 'all') order by day
        ) as size
    from edges
    group by day, grouping sets ((), (form_name))
),

moments as (
    select periods.grain, periods.number, periods.starts_on, periods.ends_on, dimension, member
    from periods
    cross join (select distinct dimension, member from sizes)
    where periods.grain != 'day'
)

select
    moments.grain, moments.number, moments.dimension, moments.member,
    coalesce(before.size, 0) as list_size_at_start, coalesce(after.size, 0) as list_size_at_end
from moments
asof left join sizes as before
    on moments.dimension = before.dimension and moments.member = before.member
    and moments.starts_on > before.day
asof left join sizes as after
    on moments.dimension = after.dimension and moments.member = after.member
    and moments.ends_on > after.day;

create temp table opt_in_periods as
with counted as (
    select grain, number, dimension, member, visitors
    from visitor_counts
    where dimension in ('total', 'marketing_channel', 'device_type')
    union all by name
    from opt_in_counts
    union all by name
    from by_period('list_cells')
    union all by name
    from list_sizes
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_email_opt_in as
select
    * replace (
        case when dimension != 'form_name' then visitors end as visitors,
        case when dimension != 'form_name' then visitors_subscribed_before end
            as visitors_subscribed_before,
        case when dimension != 'form_name' then visitors_subscribed end as visitors_subscribed,
        case when dimension in ('total', 'form_name') then opt_ins end as opt_ins,
        case when dimension in ('total', 'form_name') then opt_ins_offline end as opt_ins_offline,
        case when dimension in ('total', 'form_name') then list_size_at_start end
            as list_size_at_start,
        case when dimension in ('total', 'form_name') then list_size_at_end end
            as list_size_at_end,
        case when dimension in ('total', 'form_name') then list_unsubscribed end
            as list_unsubscribed,
        case when dimension in ('total', 'form_name') then list_bounced end as list_bounced
    ),
    case when dimension != 'form_name' then visitors - visitors_subscribed_before end
        as visitors_not_subscribed_before,
    case when dimension != 'form_name' then visitors_subscribed - visitors_subscribed_before end
        as visitors_opted_in_eligible,
    case when dimension != 'form_name' then visitors_opted_in - visitors_unsubscribed end
        as visitors_opted_in_net,
    case when dimension != 'form_name' then ratio(visitors_opted_in, visitors) end
        as email_opt_in_rate,
    ratio(visitors_opted_in_eligible, visitors_not_subscribed_before)
        as email_opt_in_rate_eligible,
    case when dimension != 'form_name' then ratio(visitors_confirmed, visitors) end
        as email_opt_in_rate_confirmed,
    case when dimension != 'form_name' then ratio(visitors_opted_in_net, visitors) end
        as email_opt_in_rate_net,
    case when dimension != 'form_name' then ratio(visitors_subscribed, visitors) end
        as email_subscribed_share,
    case when dimension in ('total', 'form_name')
        then ratio(list_unsubscribed, list_size_at_start) end as email_unsubscribe_rate
from kpi_table('opt_in_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);
