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
        merged_into_lead_id,
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
    select distinct account_id
    from {{ ref('int_identity__companies') }}
    where is_internal
),

identified as (
    select
        leads.lead_id,
        leads.lead_created_at,
        leads.lead_type,
        leads.merged_into_lead_id,
        leads.is_spam,
        leads.row_exclusion,
        coalesce(
            contacts.surviving_contact_id,
            leads.contact_id,
            emails.contact_id,
            visitors.contact_id
        ) as contact_id,
        coalesce(visitors.visitor_id, leads.client_id) as visitor_id,
        -- Nobody is pooled: a lead that says nothing about its account is one of its own.
        coalesce(
            companies.account_id,
            leads.company_id,
            contacts.account_id,
            emails.account_id,
            visitors.account_id,
            'lead:' || leads.lead_id
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
),

judged as (
    select
        identified.*,
        case
            when identified.row_exclusion is not null then identified.row_exclusion
            when identified.merged_into_lead_id is not null then 'merged_lead'
            when identified.is_spam then 'spam'
            when internal_accounts.account_id is not null or identified.is_internal_email
                then 'internal_account'
        end as exclusion_reason
    from identified
    left join internal_accounts
        on identified.account_id = internal_accounts.account_id
),

final as (
    select
        lead_id,
        account_id,
        contact_id,
        visitor_id,
        lead_created_at,
        {{ reporting_date('lead_created_at') }} as lead_created_date,
        lead_type,
        lead_type in ('form', 'quote', 'demo', 'account_request') as is_strict,
        exclusion_reason is null as is_eligible,
        exclusion_reason
    from judged
)

select * from final
