{%- set names = [
    'lead_source', 'marketing_channel', 'campaign', 'industry', 'country', 'sales_rep',
] %}
with leads as (
    select
        lead_id,
        source_name,
        contact_id,
        lead_source,
        marketing_channel,
        campaign,
        coalesce(lower(utm_source), '(not set)') as source,
        coalesce(lower(utm_medium), '(not set)') as medium,
        utm_campaign,
        coalesce(utm_source, utm_medium, utm_campaign) is not null as has_utm,
        industry,
        country_code,
        sales_rep_id,
        {{ email_hash('email') }} as email_hash,
        phone,
        is_spam
    from {{ ref('stg_contract__leads') }}
),

resolved as (
    select
        lead_id,
        surviving_lead_id,
        is_merged,
        record_created_at
    from {{ ref('int_leads__resolved') }}
),

-- Who was merged is reached as before, and as the contact that remains.
contacts as (
    select
        contacts.contact_id,
        contacts.email_hash,
        delivered.phone,
        survivors.phone as surviving_phone
    from {{ ref('int_identity__contacts') }} as contacts
    inner join {{ ref('stg_contract__contacts') }} as delivered
        on contacts.contact_id = delivered.contact_id
    inner join {{ ref('stg_contract__contacts') }} as survivors
        on contacts.surviving_contact_id = survivors.contact_id
),

campaigns as (
    select
        campaign,
        marketing_channel
    from {{ ref('int_campaigns__named') }}
),

given_channels as (
    {{ channel_names('leads') | indent(4) }}
),

tagged as (
    select
        source,
        medium,
        utm_campaign as campaign
    from leads
    where has_utm
),

tagged_channels as (
    {{ channel_map('tagged') | indent(4) }}
),

own as (
    select
        leads.lead_id,
        leads.source_name,
        resolved.surviving_lead_id,
        resolved.is_merged,
        resolved.record_created_at,
        leads.is_spam,
        leads.lead_source,
        coalesce(
            given_channels.marketing_channel,
            tagged_channels.marketing_channel,
            campaigns.marketing_channel
        ) as marketing_channel,
        coalesce(leads.campaign, leads.utm_campaign) as campaign,
        leads.industry,
        leads.country_code as country,
        leads.sales_rep_id as sales_rep,
        coalesce(leads.email_hash, contacts.email_hash) is not null
        or {{ is_phone_number('leads.phone') }}
        or {{ is_phone_number('contacts.phone') }}
        or {{ is_phone_number('contacts.surviving_phone') }} as has_reachable_contact
    from leads
    inner join resolved on leads.lead_id = resolved.lead_id
    left join contacts on leads.contact_id = contacts.contact_id
    left join given_channels on leads.marketing_channel = given_channels.given_channel
    left join tagged_channels
        on
            leads.has_utm
            and leads.source = tagged_channels.source
            and leads.medium = tagged_channels.medium
            and leads.utm_campaign is not distinct from tagged_channels.campaign
    left join campaigns on coalesce(leads.campaign, leads.utm_campaign) = campaigns.campaign
),

final as (
    select
        lead_id,
        source_name,
        {%- for name in names %}
        first_value({{ name }}) over (
            partition by surviving_lead_id
            order by is_spam, {{ name }} is null, is_merged, record_created_at, lead_id
        ) as {{ name }},
        {%- endfor %}
        bool_or(has_reachable_contact and not (is_spam and is_merged))
            over (partition by surviving_lead_id) as has_reachable_contact
    from own
)

select * from final
