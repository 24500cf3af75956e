{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key='lead_id',
    meta={'changes_of': 'account_id', 'event_time': 'record_created_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
{%- set strict_types = "('form', 'quote', 'demo', 'account_request')" %}
with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

delivered as (
    select
        lead_id,
        coalesce(first_seen_at, created_at) as lead_created_at,
        contact_id,
        company_id,
        {{ email_hash('email') }} as email_hash,
        client_id,
        lead_type,
        is_spam,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__leads') }}
),

leads as (
    select
        delivered.*,
        {{ row_exclusion('delivered.lead_created_at', 'delivered') }} as row_exclusion
    from delivered
    cross join clock
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
        account_id,
        has_company,
        email_hash
    from {{ ref('int_identity__contacts') }}
),

emails as (
    select
        email_hash,
        contact_id,
        account_id,
        is_internal
    from {{ ref('int_identity__emails') }}
),

visitors as (
    select
        client_id,
        visitor_id,
        contact_id,
        account_id
    from {{ ref('int_identity__visitors') }}
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

links as (
    select
        from_id,
        to_id
    from {{ ref('int_lead_links__checked') }}
    where reject_reason is null
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

survivors as (
    select
        closure.from_id,
        closure.to_id as surviving_lead_id
    from closure
    left join links as further_links on closure.to_id = further_links.from_id
    where further_links.from_id is null
),

identified as (
    select
        leads.lead_id,
        coalesce(survivors.surviving_lead_id, leads.lead_id) as surviving_lead_id,
        survivors.from_id is not null as is_merged,
        leads.lead_created_at as record_created_at,
        leads.lead_type,
        leads.is_spam,
        leads.row_exclusion,
        coalesce(
            contacts.surviving_contact_id,
            leads.contact_id,
            emails.contact_id,
            visitors.contact_id
        ) as contact_id,
        coalesce(visitors.visitor_id, leads.client_id) as visitor_id,
        coalesce(
            companies.account_id,
            leads.company_id,
            case when contacts.has_company then contacts.account_id end,
            emails.account_id,
            visitors.account_id
        ) as account_id,
        coalesce(emails.is_internal, false) as is_internal_email
    from leads
    left join companies
        on leads.company_id = companies.company_id
    left join contacts
        on leads.contact_id = contacts.contact_id
    left join emails
        on coalesce(leads.email_hash, contacts.email_hash) = emails.email_hash
    left join visitors
        on leads.client_id = visitors.client_id
    left join survivors
        on leads.lead_id = survivors.from_id
),

-- What the surviving record does not say, the records that went up in it may, the oldest first.
pooled as (
    select
        lead_id,
        surviving_lead_id,
        is_merged,
        record_created_at,
        is_spam,
        row_exclusion,
        is_internal_email,
        coalesce(
            min(record_created_at) filter (where not is_spam) over (partition by surviving_lead_id),
            record_created_at
        ) as lead_created_at,
        {%- for name, last_choice in {
            'account_id': 'account_id is null',
            'contact_id': 'contact_id is null',
            'visitor_id': 'visitor_id is null',
            'lead_type': 'lead_type not in ' ~ strict_types,
        }.items() %}
        first_value({{ name }}) over (
            partition by surviving_lead_id
            order by is_spam, {{ last_choice }}, is_merged, record_created_at, lead_id
        ) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from identified
),

judged as (
    select
        {{ columns_except(['account_id'], 'pooled') }},
        -- Nobody is pooled: a lead that says nothing about its account is one of its own.
        coalesce(pooled.account_id, 'lead:' || pooled.surviving_lead_id) as account_id,
        case
            when pooled.is_merged and not pooled.is_spam then 'merged_lead'
            when pooled.row_exclusion is not null then pooled.row_exclusion
            when pooled.is_spam then 'spam'
            when internal_accounts.account_id is not null or pooled.is_internal_email
                then 'internal_account'
        end as exclusion_reason
    from pooled
    left join internal_accounts
        on pooled.account_id = internal_accounts.account_id
),

final as (
    select
        lead_id,
        surviving_lead_id,
        is_merged,
        account_id,
        contact_id,
        visitor_id,
        record_created_at,
        {{ reporting_date('record_created_at') }} as record_created_date,
        lead_created_at,
        {{ reporting_date('lead_created_at') }} as lead_created_date,
        lead_type,
        lead_type in {{ strict_types }} as is_strict,
        exclusion_reason is null as is_eligible,
        not is_merged
        and coalesce(exclusion_reason, '')
        not in ('deleted_in_source', 'after_as_of', 'spam') as is_identity_evidence,
        exclusion_reason
    from judged
)

select * from final
