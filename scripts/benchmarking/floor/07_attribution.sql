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
    session_id as touch_id, started_at as touched_at, account_id, contact_id, visitor_id,
    marketing_channel, campaign
from visits
union all
select
    'touch:' || touches.touch_id, touches.touched_at,
    coalesce(
        companies.account_id, contacts.account_id, leads.account_id, visitors.account_id
    ),
    coalesce(contacts.surviving_contact_id, leads.contact_id, visitors.contact_id),
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

select
    touches.* exclude (campaign),
    coalesce(channels.is_marketing, false) as is_marketing,
    coalesce(channels.is_paid, false) as is_paid,
    coalesce(touches.campaign, '(unknown)') as campaign,
    coalesce(campaigns.program, '(unknown)') as program,
    coalesce(campaigns.initiative, '(unknown)') as initiative,
    coalesce(campaigns.tactic, '(unknown)') as tactic
from by_account as touches
left join named_channels('single_touches') as channels
    on touches.marketing_channel = channels.given_channel
left join campaigns on touches.campaign = campaigns.campaign;

create temp view original_sources as
select distinct original_source as marketing_channel from company_rows;

-- The first touch of an account before its first order; else what the CRM says.
create table acquisition as
with first_touches as (
    select
        touches.account_id,
        arg_min(struct_pack(
            channel := touches.marketing_channel, is_marketing := touches.is_marketing,
            campaign := touches.campaign
        ), (touches.touched_at, touches.touch_id)) as touch,
        bool_or(touches.is_marketing) as has_marketing
    from touches
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
    coalesce(first_touches.touch.channel, channels.marketing_channel, '(unattributed)') as channel,
    coalesce(
        first_touches.touch.campaign, case when crm.account_id is not null then '(unknown)' end,
        '(unattributed)'
    ) as campaign,
    first_touches.account_id is not null or crm.account_id is not null as is_origin_known,
    coalesce(first_touches.touch.is_marketing, channels.is_marketing, false) as is_originated,
    coalesce(first_touches.has_marketing, channels.is_marketing, false) as is_influenced
from accounts
left join first_touches on accounts.account_id = first_touches.account_id
left join crm on accounts.account_id = crm.account_id
left join named_channels('original_sources') as channels
    on crm.marketing_channel = channels.given_channel;

-- Paths: the touches of ninety days before each order and lead, and the latest lead and deal by then.
create temp table conversions as
with moments as (
    select
        'order' as kind, order_id as id, account_id, placed_at as converted_at, is_valid
    from order_rows
    where is_eligible
    union all
    select 'lead', lead_id, account_id, created_at, true
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
    moments.*, strict_leads.created_at as lead_at,
    case when moments.kind = 'order' then deal_moments.created_at end as deal_at
from moments
asof left join strict_leads
    on moments.account_id = strict_leads.account_id
    and moments.converted_at >= strict_leads.created_at
asof left join deal_moments
    on moments.account_id = deal_moments.account_id
    and moments.converted_at >= deal_moments.created_at;

create temp table paths as
with placed as (
    select
        conversions.*,
        touches.touch_id, touches.touched_at, touches.marketing_channel,
        touches.is_marketing, touches.is_paid, touches.campaign, touches.program,
        touches.initiative, touches.tactic,
        row_number() over (
            partition by conversions.kind, conversions.id
            order by touches.touched_at, touches.touch_id
        ) as place,
        date_diff('day', cast(touches.touched_at as date), cast(conversions.converted_at as date))
            as age
    from conversions
    left join touches
        on conversions.account_id = touches.account_id
        and touches.touched_at between conversions.converted_at - interval 90 day
        and conversions.converted_at
),

roles as (
    select
        *,
        max(place) over conversion as length,
        place = coalesce(
            max(place) filter (marketing_channel != 'Direct') over conversion, length
        ) as is_last_non_direct,
        cast(place = 1 as integer)
        + cast(coalesce(
            place = max(place) filter (touched_at <= lead_at) over conversion, false
        ) as integer)
        + cast(coalesce(
            place = max(place) filter (touched_at <= deal_at) over conversion, false
        ) as integer) as w_roles,
        w_roles + cast(place = length and kind = 'order' as integer) as full_roles,
        min(age) over conversion as youngest
    from placed
    window conversion as (partition by kind, id)
)

select
    *,
    count(*) filter (w_roles = 0) over conversion as w_rest,
    count(*) filter (w_roles = 0 and place != length) over conversion as full_rest
from roles
window conversion as (partition by kind, id);

-- Three models give all to one touch. The others share whole units, the largest remainder first.
create temp table shares as
with weighted as (
    select
        kind, id, place,
        unnest(range(6)) as model,
        unnest([
            1,
            case
                when length <= 2 then 1 when place = 1 or place = length then 2 * (length - 2)
                else 1
            end,
            case when w_roles > 0 then 3 * w_roles * greatest(w_rest, 1) else 1 end,
            case when full_roles > 0 then 9 * full_roles * greatest(full_rest, 1) else 4 end,
            cast(coalesce(round(1e9 * power(2.0, (youngest - age) / 7.0)), 1) as bigint),
            cast(coalesce(round(1e9 * power(2.0, (youngest - age) / 30.0)), 1) as bigint)
        ]) as weight
    from paths
),

units as (
    select
        kind, id, place, model,
        weight * 100000000 // sum(weight) over conversion as whole,
        weight * 100000000 % sum(weight) over conversion as remainder
    from weighted
    where weight > 0
    window conversion as (partition by kind, id, model)
),

settled as (
    select
        kind, id, place, model,
        cast(cast(
            whole + cast(
                row_number() over (partition by kind, id, model order by remainder desc, place)
                <= 100000000 - sum(whole) over (partition by kind, id, model) as integer
            ) as decimal(18, 0)
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(19, 8)) as credit
    from units
)

select
    kind, id, place,
    coalesce(max(credit) filter (model = 0), 0) as linear,
    coalesce(max(credit) filter (model = 1), 0) as position_40_20_40,
    coalesce(max(credit) filter (model = 2), 0) as w_30_30_30_10,
    coalesce(max(credit) filter (model = 3), 0) as full_path_22_5,
    coalesce(max(credit) filter (model = 4), 0) as time_decay_7d,
    coalesce(max(credit) filter (model = 5), 0) as time_decay_30d
from settled
group by kind, id, place;

create table credits as
select
    paths.kind, paths.id, cast(paths.converted_at as date) as day, paths.is_valid, paths.touch_id,
    cast(paths.touched_at as date) as touch_day,
    coalesce(paths.marketing_channel, '(unattributed)') as marketing_channel,
    coalesce(paths.campaign, '(unattributed)') as campaign,
    coalesce(paths.program, '(unattributed)') as program,
    coalesce(paths.initiative, '(unattributed)') as initiative,
    coalesce(paths.tactic, '(unattributed)') as tactic,
    coalesce(paths.is_marketing, false) as is_marketing,
    coalesce(paths.is_paid, false) as is_paid,
    cast(paths.place = 1 as decimal(19, 8)) as first,
    cast(paths.place = paths.length as decimal(19, 8)) as last,
    cast(paths.is_last_non_direct as decimal(19, 8)) as last_non_direct,
    shares.* exclude (kind, id, place)
from paths
inner join shares
    on paths.kind = shares.kind and paths.id = shares.id and paths.place = shares.place;
