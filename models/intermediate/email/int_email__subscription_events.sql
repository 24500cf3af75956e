{#- The order of events; at one moment a sign-up comes before what undoes it. -#}
{%- set in_order -%}
event_at,
            case event_type
                when 'subscribe' then 1 when 'import' then 1 when 'confirm' then 2 else 3
            end,
            subscription_event_id
{%- endset %}

with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

events as (
    select
        subscription_event_id,
        source_name,
        email,
        {{ email_hash('email') }} as email_hash,
        {{ qualified_id('list_name') }} as list_name,
        event_type,
        event_at,
        client_id,
        form_name,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__email_subscriptions') }}
),

role_addresses as (
    select local_part
    from {{ ref('role_addresses') }}
),

emails as (
    select
        email_hash,
        contact_id,
        account_id,
        is_internal
    from {{ ref('int_identity__emails') }}
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

visitors as (
    select
        client_id,
        visitor_id,
        contact_id
    from {{ ref('int_identity__visitors') }}
),

contact_visitors as (
    select
        contact_id,
        min(visitor_id) as visitor_id
    from visitors
    where contact_id is not null
    group by contact_id
),

-- From here on an address is its hash.
named as (
    select
        events.subscription_event_id,
        events.source_name,
        events.email_hash,
        events.list_name,
        events.event_type,
        events.event_at,
        events.form_name,
        emails.account_id,
        role_addresses.local_part is not null as is_role_address,
        coalesce(visitors.visitor_id, events.client_id) as event_visitor_id,
        case when role_addresses.local_part is null then contact_visitors.visitor_id end
            as contact_visitor_id,
        coalesce(
            {{ row_exclusion('events.event_at', 'events') }},
            case
                when emails.is_internal or internal_accounts.account_id is not null
                    then 'internal_account'
            end
        ) as exclusion_reason
    from events
    cross join clock
    left join emails
        on events.email_hash = emails.email_hash
    left join internal_accounts
        on emails.account_id = internal_accounts.account_id
    left join visitors
        on events.client_id = visitors.client_id
    left join contact_visitors
        on emails.contact_id = contact_visitors.contact_id
    left join role_addresses
        on split_part(split_part(lower(events.email), '@', 1), '+', 1) = role_addresses.local_part
),

-- Whether the address was on the list before the event. A confirmation changes nothing.
placed as (
    select
        *,
        event_type in ('subscribe', 'import') as is_sign_up,
        coalesce(
            {{ passing_over_nulls(
                'last_value',
                "case when event_type != 'confirm' then event_type in ('subscribe', 'import') end"
            ) }} over (
                partition by email_hash, list_name, exclusion_reason is null
                order by {{ in_order }}
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as was_on_list
    from named
),

judged as (
    select
        *,
        exclusion_reason is null and is_sign_up and not was_on_list as is_opt_in,
        exclusion_reason is null and event_type in ('unsubscribe', 'bounce') and was_on_list
            as is_opt_out
    from placed
),

numbered as (
    select
        *,
        case when exclusion_reason is null then count(*) filter (where is_opt_in) over (
            partition by email_hash, list_name
            order by {{ in_order }}
            rows between unbounded preceding and current row
        ) end as membership_number
    from judged
),

-- What is known of a sign-up holds as long as the address stays on the list.
carried as (
    select
        *,
        event_type = 'confirm' and was_on_list and exclusion_reason is null as is_confirm,
        max(case when is_opt_in then form_name end) over membership as membership_form_name,
        max(case when is_opt_in and event_type = 'subscribe' then event_visitor_id end)
            over membership as sign_up_visitor_id
    from numbered
    window membership as (partition by email_hash, list_name, membership_number)
),

final as (
    select
        subscription_event_id,
        source_name,
        email_hash,
        list_name,
        event_type,
        event_at,
        {{ reporting_date('event_at') }} as event_date,
        case
            when is_sign_up and event_type = 'import' then null
            when is_sign_up then event_visitor_id
            else coalesce(event_visitor_id, sign_up_visitor_id, contact_visitor_id)
        end as visitor_id,
        coalesce(sign_up_visitor_id, contact_visitor_id) as subscriber_visitor_id,
        account_id,
        case when is_sign_up then form_name else membership_form_name end as form_name,
        nullif(cast(membership_number as integer), 0) as membership_number,
        is_role_address,
        is_opt_in,
        is_confirm
        and row_number() over (
            partition by email_hash, list_name, membership_number, is_confirm
            order by {{ in_order }}
        ) = 1 as is_confirmation,
        is_opt_out,
        exclusion_reason
    from carried
)

select * from final
