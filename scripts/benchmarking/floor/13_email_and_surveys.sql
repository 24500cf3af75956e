-- E-mail lists as events and memberships, and what customers answered.
create table list_events as
with named as (
    select
        events.subscription_event_id as event_id, events.email, events.event_type, events.event_at,
        case
            when events.source_name = 'default' and not contains(events.list_name, ':')
                then events.list_name
            else events.source_name || ':' || events.list_name
        end as list_name,
        events.form_name, emails.account_id,
        coalesce(visitors.visitor_id, events.client_id) as event_visitor_id,
        case when roles.local_part is null then contact_visitors.visitor_id end
            as contact_visitor_id,
        case
            when events.event_type in ('subscribe', 'import') then 1
            when events.event_type = 'confirm' then 2 else 3
        end as rank
    from stg.email_subscriptions as events
    left join emails on events.email = emails.email
    left join visitors on events.client_id = visitors.client_id
    left join contact_visitors on emails.contact_id = contact_visitors.contact_id
    left join config.role_addresses as roles
        on split_part(split_part(events.email, '@', 1), '+', 1) = roles.local_part
    where counts(events.is_deleted, events.event_at)
),

judged as (
    select
        *,
        coalesce(
            last_value(case when rank != 2 then rank = 1 end ignore nulls) over (
                partition by email, list_name order by event_at, rank, event_id
                rows between unbounded preceding and 1 preceding
            ), false
        ) as was_on_list
    from named
),

numbered as (
    select
        *,
        rank = 1 and not was_on_list as is_opt_in,
        rank = 3 and was_on_list as is_opt_out,
        count(*) filter (rank = 1 and not was_on_list) over (
            partition by email, list_name order by event_at, rank, event_id
            rows between unbounded preceding and current row
        ) as membership
    from judged
)

select
    email, list_name, membership, event_type, cast(event_at as date) as day, account_id,
    is_opt_in, is_opt_out,
    coalesce(
        case
            when rank = 1 then form_name
            else max(case when is_opt_in then form_name end) over same
        end, '(unknown)'
    ) as form_name,
    max(case when is_opt_in and event_type = 'subscribe' then event_visitor_id end) over same
        as sign_up_visitor_id,
    case
        when event_type = 'import' then null
        when rank = 1 then event_visitor_id
        else coalesce(event_visitor_id, sign_up_visitor_id, contact_visitor_id)
    end as visitor_id,
    coalesce(sign_up_visitor_id, contact_visitor_id) as subscriber_id,
    rank = 2 and was_on_list and row_number() over (
        partition by email, list_name, membership, rank = 2 and was_on_list
        order by event_at, rank, event_id
    ) = 1 as is_confirmation
from numbered
window same as (partition by email, list_name, membership);

create table list_spells as
select
    email, list_name, membership as spell_number,
    min(day) filter (is_opt_in) as active_from,
    coalesce(min(day) filter (is_opt_out), date '9999-12-31') as active_to,
    max(event_type) filter (is_opt_out) as cancel_reason,
    max(event_type) filter (is_opt_out) = 'unsubscribe' as is_voluntary,
    max(subscriber_id) as visitor_id,
    coalesce(max(account_id), '(no account)') as account_id,
    coalesce(max(form_name), '(unknown)') as form_name
from list_events
where is_opt_in or is_opt_out
group by email, list_name, membership;

create temp view list_units as
select
    struct_pack(email := email, list_name := list_name, account_id := account_id) as unit,
    spell_number, active_from, active_to, is_voluntary, cancel_reason
from list_spells;

create table list_periods as
with moved as (
    select *, unit.list_name as list_name, unit.account_id as account_id
    from unit_periods('list_units')
),

-- The plan of the oldest contract that runs on the day, or up to it.
plans as (
    select
        days.account_id, days.member_date,
        arg_min(spells.plan, (
            spells.valid_to <= days.member_date, spells.start_date, spells.subscription_id,
            -date_diff('day', date '2000-01-01', spells.valid_from)
        )) as plan
    from (select distinct account_id, member_date from moved) as days
    inner join contract_states as spells
        on days.account_id = spells.account_id
        and days.member_date between spells.valid_from and spells.valid_to
    group by all
)

select
    moved.*,
    coalesce(members.segment, '(unknown)') as segment,
    coalesce(members.industry, '(unknown)') as industry,
    coalesce(members.account_size_band, '(unknown)') as account_size_band,
    coalesce(members.acquisition_channel, '(unattributed)') as acquisition_channel,
    coalesce(plans.plan, '(no plan)') as plan
from moved
left join members
    on moved.account_id = members.account_id
    and moved.member_date >= members.valid_from and moved.member_date < members.valid_to
left join plans
    on moved.account_id = plans.account_id and moved.member_date = plans.member_date;

create table answers as
with answered as (
    select
        responses.*,
        coalesce(responses.responded_at <= getvariable('as_of'), false) as is_answered,
        surveys.survey_type
    from stg.survey_responses as responses
    inner join stg.surveys as surveys
        on responses.survey_id = surveys.survey_id
        and surveys.scale_min = 0 and surveys.scale_max = 10
    where
        counts(responses.is_deleted, coalesce(responses.invited_at, responses.responded_at))
        and coalesce(responses.invited_at, responses.responded_at) is not null
),

identified as (
    select
        answered.response_id, answered.survey_type, answered.is_answered, answered.product_id,
        cast(answered.invited_at as date) as invited_date,
        case when answered.is_answered then answered.responded_at end as responded_at,
        cast(case when answered.is_answered then answered.responded_at end as date)
            as responded_date,
        case when answered.is_answered then answered.score end as score,
        coalesce(contacts.surviving_contact_id, answered.contact_id) as person_id,
        coalesce(companies.account_id, answered.company_id, contacts.account_id, orders.account_id)
            as account_id
    from answered
    left join contacts on answered.contact_id = contacts.contact_id
    left join companies on answered.company_id = companies.company_id
    left join order_rows as orders on answered.order_id = orders.order_id
    where not answered.is_answered or answered.score between 0 and 10
)

select
    identified.*,
    coalesce(identified.person_id, '|' || identified.response_id) as respondent,
    case
        when identified.score >= 9 then 'promoter' when identified.score >= 7 then 'passive'
        when identified.score >= 0 then 'detractor'
    end as nps_group,
    identified.person_id is null and identified.account_id is null as is_anonymous,
    case
        when identified.person_id is not null and identified.is_answered
            then coalesce(identified.responded_date - lag(identified.responded_date) over (
                partition by
                    identified.person_id, identified.survey_type, identified.is_answered
                order by identified.responded_at, identified.response_id
            ) <= 90, false)
        else false
    end as is_resurvey,
    case when identified.account_id is null then '(no account)'
        else coalesce(members.segment, '(unknown)') end as segment,
    case when identified.account_id is null then '(no account)'
        else coalesce(members.industry, '(unknown)') end as industry,
    case when identified.account_id is null then '(no account)'
        else coalesce(members.account_size_band, '(unknown)') end as account_size_band,
    coalesce(identified.product_id, '(unknown)') as product
from identified
left join members
    on identified.account_id = members.account_id
    and coalesce(identified.responded_date, identified.invited_date) >= members.valid_from
    and coalesce(identified.responded_date, identified.invited_date) < members.valid_to
where
    identified.account_id is null or identified.account_id not in (from internal_accounts);
