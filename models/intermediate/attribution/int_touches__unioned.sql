{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key=['touch_id', 'account_id'],
    meta={'changes_of': 'account_id', 'event_time': 'touched_at'},
    post_hook='{{ remember_whole_build() }}'
) }}
{%- set unknown = "'(unknown)'" %}
with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

campaigns as (
    select
        campaign,
        marketing_channel,
        program,
        initiative,
        tactic
    from {{ ref('int_campaigns__named') }}
),

companies as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

contacts as (
    select
        contact_id,
        surviving_contact_id,
        account_id
    from {{ ref('int_identity__contacts') }}
),

visitors as (
    select
        client_id,
        visitor_id,
        contact_id,
        account_id
    from {{ ref('int_identity__visitors') }}
),

leads as (
    select
        lead_id,
        account_id,
        contact_id,
        visitor_id,
        is_identity_evidence
    from {{ ref('int_leads__resolved') }}
),

-- A browser that ordered or asked for an account is one of its visitors, even if nobody ever
-- logged in; one that did so for two accounts belongs to the path of both.
account_visitors as (
    select
        visits.visitor_id,
        orders.account_id
    from {{ ref('int_orders__visits') }} as visits
    inner join {{ ref('int_orders__resolved') }} as orders
        on visits.order_id = orders.order_id
    where visits.visitor_id is not null and orders.is_identity_evidence
    union
    select
        visitor_id,
        account_id
    from leads
    where visitor_id is not null and is_identity_evidence
),

sessions as (
    select
        session_id as touch_id,
        'session' as touch_type,
        started_at as touched_at,
        account_id,
        contact_id,
        visitor_id,
        marketing_channel,
        campaign
    from {{ ref('int_sessions__resolved') }}
    where exclusion_reason is null
),

delivered as (
    select
        touch_id,
        touched_at,
        company_id,
        contact_id,
        lead_id,
        client_id,
        marketing_channel,
        campaign,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__touches') }}
),

delivered_channels as (
    {{ channel_names('delivered') | indent(4) }}
),

other_touches as (
    select
        'touch:' || delivered.touch_id as touch_id,
        'touch' as touch_type,
        delivered.touched_at,
        -- A company that nobody delivered is an account too, as for orders; a contact a person.
        coalesce(
            companies.account_id,
            delivered.company_id,
            contacts.account_id,
            leads.account_id,
            visitors.account_id
        ) as account_id,
        coalesce(
            contacts.surviving_contact_id,
            delivered.contact_id,
            leads.contact_id,
            visitors.contact_id
        ) as contact_id,
        coalesce(visitors.visitor_id, delivered.client_id, leads.visitor_id) as visitor_id,
        coalesce(
            delivered_channels.marketing_channel,
            campaigns.marketing_channel,
            'Unassigned'
        ) as marketing_channel,
        delivered.campaign
    from delivered
    cross join clock
    left join companies
        on delivered.company_id = companies.company_id
    left join contacts
        on delivered.contact_id = contacts.contact_id
    left join leads
        on delivered.lead_id = leads.lead_id
    left join visitors
        on delivered.client_id = visitors.client_id
    left join delivered_channels
        on delivered.marketing_channel = delivered_channels.given_channel
    left join campaigns
        on delivered.campaign = campaigns.campaign
    where {{ row_exclusion('delivered.touched_at', 'delivered') }} is null
),

touches as (
    select * from sessions
    union all
    select * from other_touches
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

-- A visit of one's own people is on nobody's path.
by_account as (
    select
        touch_id,
        touch_type,
        touched_at,
        account_id,
        contact_id,
        visitor_id,
        marketing_channel,
        campaign
    from touches
    union all
    select
        touches.touch_id,
        touches.touch_type,
        touches.touched_at,
        account_visitors.account_id,
        touches.contact_id,
        touches.visitor_id,
        touches.marketing_channel,
        touches.campaign
    from touches
    inner join account_visitors
        on touches.visitor_id = account_visitors.visitor_id
    left join internal_accounts
        on touches.account_id = internal_accounts.account_id
    where
        account_visitors.account_id is distinct from touches.account_id
        and (touches.touch_type = 'touch' or internal_accounts.account_id is null)
),

channels as (
    {{ channel_names('touches') | indent(4) }}
),

final as (
    select
        by_account.touch_id,
        by_account.touch_type,
        by_account.touched_at,
        by_account.account_id,
        by_account.contact_id,
        by_account.visitor_id,
        by_account.marketing_channel,
        coalesce(channels.is_marketing, false) as is_marketing,
        coalesce(channels.is_paid, false) as is_paid,
        coalesce(by_account.campaign, {{ unknown }}) as campaign,
        coalesce(campaigns.program, {{ unknown }}) as program,
        coalesce(campaigns.initiative, {{ unknown }}) as initiative,
        coalesce(campaigns.tactic, {{ unknown }}) as tactic
    from by_account
    left join channels
        on by_account.marketing_channel = channels.given_channel
    left join campaigns
        on by_account.campaign = campaigns.campaign
)

select * from final
