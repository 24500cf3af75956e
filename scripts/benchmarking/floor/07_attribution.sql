-- Touches, what they say of accounts, and the credit that each has in a conversion.
create macro letters_of(text) as regexp_replace(lower(text), '[^a-z0-9]', '', 'g');

-- How channel_rules call a channel that somebody named.
create macro named_channels(names) as table
with listed as (
    select
        letters_of(marketing_channel) as letters, min(marketing_channel) as marketing_channel,
        bool_or(is_marketing) as is_marketing, bool_or(is_paid) as is_paid
    from config.channel_rules
    group by letters
),

given as (
    select distinct marketing_channel as given_channel
    from query_table(names)
    where marketing_channel is not null
),

ruled as (
    select
        given.given_channel,
        arg_min(rules.marketing_channel, rules.rule_order) as marketing_channel,
        coalesce(arg_min(rules.is_marketing, rules.rule_order), false) as is_marketing,
        coalesce(arg_min(rules.is_paid, rules.rule_order), false) as is_paid
    from given
    left join config.channel_rules as rules
        on regexp_matches(lower(given.given_channel), coalesce(rules.source_pattern, ''))
        and regexp_matches(lower(given.given_channel), coalesce(rules.medium_pattern, ''))
        and regexp_matches('(not set)', coalesce(rules.campaign_pattern, ''))
    group by given.given_channel
)

select
    ruled.given_channel,
    coalesce(listed.marketing_channel, ruled.marketing_channel, ruled.given_channel)
        as marketing_channel,
    coalesce(listed.is_marketing, ruled.is_marketing) as is_marketing,
    coalesce(listed.is_paid, ruled.is_paid) as is_paid
from ruled
left join listed on letters_of(ruled.given_channel) = listed.letters;

create table campaigns as
select
    campaigns.campaign, channels.marketing_channel, campaigns.program, campaigns.initiative,
    campaigns.tactic, campaigns.is_lead_generation
from stg.campaigns as campaigns
left join named_channels('stg.campaigns') as channels
    on campaigns.marketing_channel = channels.given_channel
where not campaigns.is_deleted
qualify row_number() over (
    partition by campaigns.campaign
    order by campaigns.source_updated_at desc nulls last, campaigns.source_name
) = 1;

create temp table single_touches as
select
    session_id as touch_id, started_at as touched_at, account_id, null::varchar as contact_id,
    visitor_id, marketing_channel, campaign
from visits
union all
select
    'touch:' || touches.touch_id, touches.touched_at,
    coalesce(
        companies.account_id, touches.company_id, contacts.account_id, leads.account_id,
        visitors.account_id
    ),
    coalesce(
        contacts.surviving_contact_id, touches.contact_id, leads.contact_id, visitors.contact_id
    ),
    coalesce(visitors.visitor_id, touches.client_id, leads.visitor_id),
    coalesce(channels.marketing_channel, campaigns.marketing_channel, 'Unassigned'),
    touches.campaign
from stg.touches as touches
left join companies on touches.company_id = companies.company_id
left join contacts on touches.contact_id = contacts.contact_id
left join leads on touches.lead_id = leads.lead_id
left join visitors on touches.client_id = visitors.client_id
left join named_channels('stg.touches') as channels
    on touches.marketing_channel = channels.given_channel
left join campaigns on touches.campaign = campaigns.campaign
where counts(touches.is_deleted, touches.touched_at);

-- What touches have in common, so that their many rows only carry a number.
create table origins as
select
    row_number() over () as origin, touches.marketing_channel, touches.campaign as given_campaign,
    coalesce(channels.is_marketing, false) as is_marketing,
    coalesce(channels.is_paid, false) as is_paid,
    coalesce(touches.campaign, '(unknown)') as campaign,
    coalesce(campaigns.program, '(unknown)') as program,
    coalesce(campaigns.initiative, '(unknown)') as initiative,
    coalesce(campaigns.tactic, '(unknown)') as tactic
from (select distinct marketing_channel, campaign from single_touches) as touches
left join named_channels('single_touches') as channels
    on touches.marketing_channel = channels.given_channel
left join campaigns on touches.campaign = campaigns.campaign;

-- A browser that ordered or asked for an account belongs to the path of that account too.
create table touches as
with account_visitors as (
    select order_visits.visitor_id, orders.account_id
    from order_visits
    inner join order_rows as orders on order_visits.order_id = orders.order_id
    where order_visits.visitor_id is not null
    union
    select visitor_id, account_id from leads where visitor_id is not null
),

by_account as (
    from single_touches
    union all
    select touches.* replace (account_visitors.account_id as account_id)
    from single_touches as touches
    inner join account_visitors on touches.visitor_id = account_visitors.visitor_id
    where account_visitors.account_id is distinct from touches.account_id
)

select touches.* exclude (campaign, marketing_channel), origins.origin
from by_account as touches
inner join origins
    on touches.marketing_channel = origins.marketing_channel
    and touches.campaign is not distinct from origins.given_campaign;

create temp view original_sources as
select distinct original_source as marketing_channel from company_rows;

-- The first touch of an account before its first order; else what the CRM says.
create table acquisition as
with first_touches as (
    select
        touches.account_id,
        arg_min(touches.origin, (touches.touched_at, touches.touch_id)) as origin,
        bool_or(origins.is_marketing) as has_marketing
    from touches
    inner join origins using (origin)
    left join customers on touches.account_id = customers.account_id
    where
        touches.account_id is not null
        and (
            customers.first_order_at is null
            or touches.touched_at <= customers.first_order_at
        )
    group by touches.account_id
),

crm as (
    select companies.account_id, company_rows.original_source as marketing_channel
    from company_rows
    inner join companies on company_rows.company_id = companies.company_id
    where company_rows.original_source is not null
    qualify row_number() over (
        partition by companies.account_id
        order by
            companies.company_id = companies.account_id desc, company_rows.valid_from nulls first,
            companies.company_id
    ) = 1
),

accounts as (
    select account_id from customers
    union select account_id from companies
    union select account_id from first_touches
)

select
    accounts.account_id,
    coalesce(origins.marketing_channel, channels.marketing_channel, '(unattributed)') as channel,
    coalesce(
        origins.campaign, case when crm.account_id is not null then '(unknown)' end,
        '(unattributed)'
    ) as campaign,
    first_touches.account_id is not null or crm.account_id is not null as is_origin_known,
    coalesce(origins.is_marketing, channels.is_marketing, false) as is_originated,
    coalesce(first_touches.has_marketing, channels.is_marketing, false) as is_influenced
from accounts
left join first_touches on accounts.account_id = first_touches.account_id
left join origins on first_touches.origin = origins.origin
left join crm on accounts.account_id = crm.account_id
left join named_channels('original_sources') as channels
    on crm.marketing_channel = channels.given_channel;

-- Paths: the touches of ninety days before each order and lead, and the latest lead and deal by
-- then.
create table conversions as
with moments as (
    select
        'order' as kind, order_id as id, account_id, placed_at as converted_at,
        order_date as day, is_valid
    from order_rows
    where is_eligible
    union all
    select 'lead', lead_id, account_id, created_at, day, true
    from leads
    where is_strict and is_eligible
),

strict_leads as (
    select distinct account_id, created_at from leads where is_strict and is_eligible
),

deal_moments as (
    select distinct account_id, created_at from deals where account_id is not null
)

select
    row_number() over () as conversion, moments.*, strict_leads.created_at as lead_at,
    case when moments.kind = 'order' then deal_moments.created_at end as deal_at
from moments
asof left join strict_leads
    on moments.account_id = strict_leads.account_id
    and moments.converted_at >= strict_leads.created_at
asof left join deal_moments
    on moments.account_id = deal_moments.account_id
    and moments.converted_at >= deal_moments.created_at;

create temp table paths as
select
    conversions.conversion, touches.origin,
    cast(touches.touched_at as date) as touch_day,
    date_diff('day', cast(touches.touched_at as date), conversions.day) as age,
    touches.touched_at <= conversions.lead_at as is_by_lead,
    touches.touched_at <= conversions.deal_at as is_by_deal,
    row_number() over (
        partition by conversions.conversion order by touches.touched_at, touches.touch_id
    ) as place
from conversions
inner join touches
    on conversions.account_id = touches.account_id
    and touches.touched_at between conversions.converted_at - interval 90 day
    and conversions.converted_at;

create temp table path_shapes as
select
    paths.conversion, conversions.kind,
    count(*) as length,
    min(paths.age) as youngest,
    coalesce(
        max(paths.place) filter (origins.marketing_channel != 'Direct'), count(*)
    ) as last_non_direct,
    max(paths.place) filter (paths.is_by_lead) as lead_place,
    max(paths.place) filter (paths.is_by_deal) as deal_place,
    length - len(list_distinct([1, lead_place, deal_place])) as w_rest,
    length - len(list_distinct([
        1, lead_place, deal_place, case when conversions.kind = 'order' then length end
    ])) as full_rest
from paths
inner join conversions using (conversion)
inner join origins using (origin)
group by paths.conversion, conversions.kind;

-- The default model gives all credit to the last touch that is not direct.
create table order_touches as
select conversions.id as order_id, paths.origin, paths.touch_day
from path_shapes as shapes
inner join paths
    on shapes.conversion = paths.conversion and shapes.last_non_direct = paths.place
inner join conversions on shapes.conversion = conversions.conversion
where shapes.kind = 'order';

-- Shares in units of 0.00000001: rounded down, what is left goes to the largest remainders.
create table credits as
with weighted as (
    select
        paths.conversion, paths.place, paths.origin, shapes.length, shapes.last_non_direct,
        cast(place = 1 as integer) + cast(coalesce(place = lead_place, false) as integer)
        + cast(coalesce(place = deal_place, false) as integer) as w_roles,
        w_roles + cast(place = length and kind = 'order' as integer) as full_roles,
        case when w_roles > 0 then 3 * w_roles * greatest(w_rest, 1) else 1 end as w_weight,
        case when full_roles > 0 then 9 * full_roles * greatest(full_rest, 1) else 4 end
            as full_weight,
        cast(round(1e9 * power(2.0, (youngest - age) / 7.0)) as bigint) as weekly_weight,
        cast(round(1e9 * power(2.0, (youngest - age) / 30.0)) as bigint) as monthly_weight
    from paths
    inner join path_shapes as shapes using (conversion)
),

totals as (
    select
        conversion, cast(sum(w_weight) as bigint) as w_total,
        cast(sum(full_weight) as bigint) as full_total,
        cast(sum(weekly_weight) as bigint) as weekly_total,
        cast(sum(monthly_weight) as bigint) as monthly_total
    from weighted
    group by conversion
),

units as (
    select
        weighted.*,
        w_weight * 100000000 // w_total as w_units,
        w_weight * 100000000 % w_total as w_left,
        full_weight * 100000000 // full_total as full_units,
        full_weight * 100000000 % full_total as full_left,
        weekly_weight * 100000000 // weekly_total as weekly_units,
        weekly_weight * 100000000 % weekly_total as weekly_left,
        monthly_weight * 100000000 // monthly_total as monthly_units,
        monthly_weight * 100000000 % monthly_total as monthly_left
    from weighted
    inner join totals using (conversion)
),

rests as (
    select
        conversion, 100000000 - sum(w_units) as w, 100000000 - sum(full_units) as full_path,
        100000000 - sum(weekly_units) as weekly, 100000000 - sum(monthly_units) as monthly
    from units
    group by conversion
)

select
    units.conversion, units.origin,
    case when place = 1 then 100000000 else 0 end as first,
    case when place = length then 100000000 else 0 end as last,
    case when place = last_non_direct then 100000000 else 0 end as last_non_direct,
    100000000 // length + cast(place <= 100000000 % length as integer) as linear,
    case
        when length <= 2 then 100000000 // length
        when place = 1 or place = length then 40000000
        else 20000000 // (length - 2) + cast(place - 1 <= 20000000 % (length - 2) as integer)
    end as position_40_20_40,
    w_units + cast(row_number() over (
        partition by units.conversion order by w_left desc, place
    ) <= rests.w as integer) as w_30_30_30_10,
    full_units + cast(row_number() over (
        partition by units.conversion order by full_left desc, place
    ) <= rests.full_path as integer) as full_path_22_5,
    weekly_units + cast(row_number() over (
        partition by units.conversion order by weekly_left desc, place
    ) <= rests.weekly as integer) as time_decay_7d,
    monthly_units + cast(row_number() over (
        partition by units.conversion order by monthly_left desc, place
    ) <= rests.monthly as integer) as time_decay_30d
from units
inner join rests using (conversion)
union all
-- Without a touch all credit is of no channel.
select
    conversion, 0, 100000000, 100000000, 100000000, 100000000, 100000000, 100000000, 100000000,
    100000000, 100000000
from conversions
where conversion not in (select conversion from path_shapes);
