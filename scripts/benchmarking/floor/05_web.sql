-- Visitors, their sessions, and the visits behind orders.
create table visitors as
with evidence (client_id, contact_id, strength, seen_at) as (
    select client_id, contact_id, 1, created_at from merged_contacts where client_id is not null
    union all
    select client_id, contact_id, 2, max(event_at)
    from stg.web_events
    where
        client_id is not null and contact_id is not null
        and not is_deleted and event_at <= getvariable('as_of')
    group by client_id, contact_id
    union all
    select client_id, contact_id, 2, max(started_at)
    from stg.web_sessions
    where
        client_id is not null and contact_id is not null
        and not is_deleted and started_at <= getvariable('as_of')
    group by client_id, contact_id
    union all
    select client_id, resolved_contact_id, 3, max(placed_at)
    from order_rows
    where client_id is not null and resolved_contact_id is not null and is_counted
    group by client_id, resolved_contact_id
    union all
    select leads.client_id, coalesce(leads.contact_id, emails.contact_id), 4, max(leads.created_at)
    from stg.leads as leads
    left join emails on leads.email = emails.email
    where leads.client_id is not null and counts(leads.is_deleted, leads.created_at)
    group by all
),

of_contacts as (
    select
        evidence.client_id,
        arg_min(contacts.surviving_contact_id, (
            evidence.strength,
            -epoch_us(coalesce(evidence.seen_at, timestamp '1970-01-01')),
            contacts.surviving_contact_id
        )) as contact_id
    from evidence
    inner join contacts on evidence.contact_id = contacts.contact_id
    group by evidence.client_id
),

of_orders as (
    select
        client_id,
        arg_max(account_id, (not starts_with(account_id, 'guest:'), placed_at, order_id))
            as account_id
    from order_rows
    where client_id is not null and is_counted
    group by client_id
)

select
    coalesce(of_contacts.client_id, of_orders.client_id) as client_id,
    coalesce('contact:' || of_contacts.contact_id, of_orders.client_id) as visitor_id,
    of_contacts.contact_id,
    coalesce(contacts.account_id, of_orders.account_id) as account_id
from of_contacts
full join of_orders on of_contacts.client_id = of_orders.client_id
left join contacts on of_contacts.contact_id = contacts.contact_id;

create macro host_of(url) as
    nullif(regexp_extract(lower(url), '^[a-z][a-z0-9+.-]*://(www[.])?([^/:?#]+)', 2), '');
create macro path_of(url) as case when url is not null then coalesce(nullif(regexp_replace(
    regexp_replace(url, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*', ''), '[?#].*$', ''
), ''), '/') end;
create macro is_own(referrer, page) as
    coalesce(referrer = page or referrer like '%.' || page or page like '%.' || referrer, false);

create table referrers as
with hosts as (
    select referrer, host_of(referrer) as host
    from (select referrer from stg.web_events union select referrer from stg.web_sessions)
)

select referrer, host
from hosts
where host is not null and not exists (
    from config.referral_exclusions as excluded
    where hosts.host = excluded.host or hosts.host like '%.' || excluded.host
);

create table bot_agents as
select user_agent
from (select distinct user_agent from stg.web_events where is_bot is null)
where exists (
    from config.bot_user_agents as bots where regexp_matches(lower(user_agent), bots.pattern)
);

-- A hit brings a source if it is tagged, or comes from a page of somebody else.
create temp table hits as
select
    hits.source_name, hits.client_id, hits.contact_id, hits.event_id, hits.event_at,
    hits.event_name, hits.device_type, hits.country_code, hits.bytes_sent,
    coalesce(hits.is_bot, bot_agents.user_agent is not null) as is_bot,
    case when hits.event_name = 'page_view' then hits.page_url end as page,
    case
        when coalesce(hits.utm_source, hits.utm_medium, hits.utm_campaign) is not null
            then {
                'source': coalesce(lower(hits.utm_source), '(not set)'),
                'medium': coalesce(lower(hits.utm_medium), '(not set)'),
                'campaign': coalesce(hits.utm_campaign, '')
            }
        when referrers.host is not null and not is_own(referrers.host, host_of(hits.page_url))
            then {'source': referrers.host, 'medium': 'referral', 'campaign': ''}
    end as origin
from stg.web_events as hits
left join bot_agents on hits.user_agent = bot_agents.user_agent
left join referrers on hits.referrer = referrers.referrer
where
    not hits.is_deleted and hits.event_at <= getvariable('as_of')
    and hits.source_name not in (select source_name from stg.web_sessions where not is_deleted);

create temp table web_visits as
with gaps as (
    select
        *,
        coalesce(event_at > lag(event_at) over hits + interval 30 minute, true) as is_start,
        lag(origin ignore nulls) over hits as origin_before
    from hits
    where client_id is not null
    window hits as (partition by client_id, source_name, is_bot order by event_at, event_id)
),

numbered as (
    select
        *,
        count(*) filter (is_start) over (
            partition by client_id, source_name, is_bot order by event_at, event_id
            rows between unbounded preceding and current row
        ) as number
    from gaps
)

select
    client_id, source_name, is_bot,
    min(event_at) as started_at,
    max(event_at) as ended_at,
    count(*) filter (event_name = 'page_view') as pageviews,
    count(*) filter (is_start or (origin is not null and origin is distinct from origin_before))
        as sessions_split_on_campaign,
    sum(bytes_sent) as bytes_sent,
    arg_max(contact_id, (event_at, event_id)) as contact_id,
    arg_min(origin, (event_at, event_id)) as origin,
    arg_min(page, (event_at, event_id)) as landing_page,
    arg_min(device_type, (event_at, event_id)) as device_type,
    arg_min(country_code, (event_at, event_id)) as country_code,
    bool_or(event_name = 'form_submit') as has_form_submit,
    min(event_at) filter (event_name = 'product_view') as product_view_at,
    list(event_at) filter (event_name = 'add_to_cart') as carts,
    list(event_at) filter (event_name = 'checkout') as checkouts
from numbered
group by client_id, source_name, is_bot, number;

-- A step counts when it is taken at or after the step before it.
create temp table all_visits as
with stepped as (
    select
        *,
        list_min(list_filter(carts, lambda moment: moment >= product_view_at)) as cart_at,
        list_min(list_filter(checkouts, lambda moment: moment >= cart_at)) as checkout_at
    from web_visits
)

select
    client_id || case when is_bot then '#bot@' else '@' end
    || cast(date_trunc('second', started_at) as varchar) as session_id,
    client_id, contact_id, started_at, ended_at, pageviews, sessions_split_on_campaign, bytes_sent,
    coalesce(origin.source, '(direct)') as source,
    coalesce(origin.medium, '(none)') as medium,
    nullif(origin.campaign, '') as campaign,
    landing_page, device_type, country_code, has_form_submit,
    product_view_at, cart_at, checkout_at,
    case
        when checkout_at is not null then 3 when cart_at is not null then 2
        when product_view_at is not null then 1 else 0
    end as shop_steps
from stepped
where not is_bot
union all
select
    visits.session_id, visits.client_id, visits.contact_id, visits.started_at,
    coalesce(visits.ended_at, visits.started_at), visits.pageviews, 1, visits.bytes_sent,
    case
        when coalesce(visits.utm_source, visits.utm_medium, visits.utm_campaign) is not null
            then coalesce(lower(visits.utm_source), '(not set)')
        else coalesce(referrers.host, '(direct)')
    end,
    case
        when coalesce(visits.utm_source, visits.utm_medium, visits.utm_campaign) is not null
            then coalesce(lower(visits.utm_medium), '(not set)')
        when referrers.host is not null then 'referral'
        else '(none)'
    end,
    visits.utm_campaign,
    visits.landing_page, visits.device_type, visits.country_code,
    coalesce(visits.has_form_submit, false), null, null, null,
    case
        when visits.has_product_view and visits.has_cart and visits.has_checkout then 3
        when visits.has_product_view and visits.has_cart then 2
        when visits.has_product_view then 1
        else 0
    end
from stg.web_sessions as visits
left join referrers
    on visits.referrer = referrers.referrer
    and not is_own(referrers.host, host_of(visits.landing_page))
where
    counts(visits.is_deleted, visits.started_at) and not coalesce(visits.is_bot, false)
    and coalesce(visits.client_id, visits.contact_id) is not null;

-- The marketing channel of a source, medium and campaign, by the first rule that matches.
create macro channels_of(combinations) as table
select
    found.source, found.medium, found.campaign,
    coalesce(arg_min(rules.marketing_channel, rules.rule_order), 'Unassigned')
        as marketing_channel,
    coalesce(arg_min(rules.is_marketing, rules.rule_order), false) as is_marketing,
    coalesce(arg_min(rules.is_paid, rules.rule_order), false) as is_paid
from (select distinct source, medium, campaign from query_table(combinations)) as found
left join config.channel_rules as rules
    on regexp_matches(lower(found.source), coalesce(rules.source_pattern, ''))
    and regexp_matches(lower(found.medium), coalesce(rules.medium_pattern, ''))
    and regexp_matches(
        lower(coalesce(found.campaign, '(not set)')), coalesce(rules.campaign_pattern, '')
    )
group by found.source, found.medium, found.campaign;

create table visits as
select
    visits.* exclude (contact_id, landing_page, device_type, country_code),
    coalesce(
        visitors.visitor_id, visits.client_id,
        'contact:' || coalesce(contacts.surviving_contact_id, visits.contact_id)
    ) as visitor_id,
    coalesce(visitors.contact_id, contacts.surviving_contact_id, visits.contact_id) as contact_id,
    coalesce(visitors.account_id, contacts.account_id) as account_id,
    cast(visits.started_at as date) as day,
    channels.marketing_channel,
    coalesce(path_of(visits.landing_page), '(unknown)') as landing_page,
    coalesce(visits.device_type, '(unknown)') as device_type,
    coalesce(visits.country_code, '(unknown)') as country
from all_visits as visits
left join channels_of('all_visits') as channels
    on visits.source = channels.source and visits.medium = channels.medium
    and visits.campaign is not distinct from channels.campaign
left join visitors on visits.client_id = visitors.client_id
left join contacts on visits.contact_id = contacts.contact_id;

create table cookieless as
select
    cast(event_at as date) as day,
    cast(event_name = 'page_view' as integer) as pageviews, bytes_sent,
    coalesce(device_type, '(unknown)') as device_type,
    coalesce(country_code, '(unknown)') as country
from hits
where client_id is null and not is_bot
union all
select
    cast(started_at as date), pageviews, bytes_sent,
    coalesce(device_type, '(unknown)'), coalesce(country_code, '(unknown)')
from stg.web_sessions
where
    counts(is_deleted, started_at) and not coalesce(is_bot, false)
    and coalesce(client_id, contact_id) is null;

create temp table contact_visitors as
select contact_id, min(visitor_id) as visitor_id
from visitors
where contact_id is not null
group by contact_id;

-- The strongest link of an order wins: its hit, its session, its browser, its person.
create temp table linked_orders as
with hit_visits as (
    select hits.order_id, visits.session_id, visits.visitor_id
    from stg.web_events as hits
    inner join visits
        on hits.client_id = visits.client_id
        and hits.event_at between visits.started_at and visits.ended_at + interval 30 minute
    where
        hits.order_id is not null and not hits.is_deleted
        and hits.event_at <= getvariable('as_of')
    qualify row_number() over (
        partition by hits.order_id order by hits.event_at, visits.started_at desc, visits.session_id
    ) = 1
),

named as (
    select
        session_id, min(event_at) as first_hit_at, arg_min(client_id, event_at) as client_id
    from stg.web_events
    where
        session_id in (select session_id from order_rows)
        and client_id is not null and not is_deleted
    group by session_id
)

select
    orders.order_id,
    coalesce(hit_visits.session_id, visits.session_id) as known_session_id,
    coalesce(
        hit_visits.visitor_id, visits.visitor_id, named_visitors.visitor_id, named.client_id,
        visitors.visitor_id, orders.client_id, contact_visitors.visitor_id
    ) as visitor_id,
    coalesce(named.first_hit_at, orders.placed_at) as visit_at
from order_rows as orders
left join hit_visits on orders.order_id = hit_visits.order_id
left join visits on orders.session_id = visits.session_id
left join named on orders.session_id = named.session_id
left join visitors as named_visitors on named.client_id = named_visitors.client_id
left join visitors on orders.client_id = visitors.client_id
left join contact_visitors on orders.resolved_contact_id = contact_visitors.contact_id;

create table order_visits as
with latest as (
    select linked.order_id, visits.session_id
    from linked_orders as linked
    inner join visits
        on linked.visitor_id = visits.visitor_id
        and linked.visit_at >= visits.started_at
        and (
            visits.day = cast(linked.visit_at as date)
            or linked.visit_at <= visits.ended_at + interval 30 minute
        )
    where linked.known_session_id is null
    qualify row_number() over (
        partition by linked.order_id order by visits.started_at desc, visits.session_id
    ) = 1
)

select
    linked.order_id,
    coalesce(linked.known_session_id, latest.session_id) as session_id,
    linked.visitor_id
from linked_orders as linked
left join latest on linked.order_id = latest.order_id;

create table customers as
select
    account_id,
    arg_min(order_id, (placed_at, order_id)) as first_order_id,
    min(placed_at) as first_order_at,
    min(order_date) as first_order_date,
    min(order_date) filter (order_number = 2) as second_order_date,
    min(order_date) filter (order_date > first_date) as second_order_day
from (
    select
        account_id, order_id, placed_at, order_date,
        row_number() over (partition by account_id order by placed_at, order_id) as order_number,
        min(order_date) over (partition by account_id) as first_date
    from order_rows
    where is_valid
)
group by account_id;

create macro customer_type(account_id, day, first_order_date) as case
    when account_id is null then '(no account)' when day = first_order_date then 'new'
    when day > first_order_date then 'returning' else 'prospect'
end;

create table sessions as
with ordering as (
    select
        visits.session_id,
        min(orders.placed_at) filter (
            visits.shop_steps = 3
            and (visits.checkout_at is null or orders.placed_at >= visits.checkout_at)
        ) as order_at
    from order_visits
    inner join order_rows as orders
        on order_visits.order_id = orders.order_id and orders.is_valid
    inner join visits on order_visits.session_id = visits.session_id
    group by visits.session_id
)

select
    visits.* exclude (campaign, client_id, contact_id, ended_at),
    coalesce(visits.campaign, '(unknown)') as campaign,
    customer_type(visits.account_id, visits.day, customers.first_order_date) as customer_type,
    ordering.session_id is not null as has_order,
    ordering.order_at,
    row_number() over (
        partition by visits.visitor_id order by visits.started_at, visits.session_id
    ) > 1 as is_repeat_visit,
    is_repeat_visit or (visits.account_id is not null and row_number() over (
        partition by visits.account_id order by visits.started_at, visits.session_id
    ) > 1) as is_repeat_visit_by_account
from visits
left join customers on visits.account_id = customers.account_id
left join ordering on visits.session_id = ordering.session_id
where visits.account_id is null or visits.account_id not in (from internal_accounts);
