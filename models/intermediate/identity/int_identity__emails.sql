with companies as (
    select
        company_id,
        account_id,
        domain,
        is_internal
    from {{ ref('int_identity__companies') }}
),

contacts as (
    select
        contacts.contact_id,
        contacts.surviving_contact_id,
        contacts.company_id,
        contacts.created_at,
        contacts.email_hash,
        contacts.email_domain,
        contacts.email
    from {{ ref('int_identity__contact_survivors') }} as contacts
),

mentions as (
    select
        email_hash,
        email_domain,
        lower(trim(email)) as email
    from contacts
    {%- for table_name in ['orders', 'leads', 'email_subscriptions'] %}
    union all
    select
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        lower(trim(email)) as email
    from {{ ref('stg_contract__' ~ table_name) }}
    {%- endfor %}
),

emails as (
    select
        email_hash,
        any_value(email_domain) as email_domain,
        any_value(email) as email
    from mentions
    where email_hash is not null
    group by email_hash
),

-- Several contacts may share an address. One with a company speaks for it; then the oldest.
contact_owners as (
    select
        contacts.email_hash,
        min_by(
            contacts.surviving_contact_id,
            (
                contacts.company_id is null,
                coalesce(contacts.created_at, timestamp '9999-12-31'),
                contacts.contact_id
            )
        ) as contact_id,
        min_by(
            coalesce(companies.account_id, contacts.company_id),
            (
                contacts.company_id is null,
                coalesce(contacts.created_at, timestamp '9999-12-31'),
                contacts.contact_id
            )
        ) filter (where contacts.company_id is not null) as account_id
    from contacts
    left join companies on contacts.company_id = companies.company_id
    where contacts.email_hash is not null
    group by contacts.email_hash
),

corporate_domains as (
    select
        companies.domain,
        min(companies.account_id) as account_id
    from companies
    left join {{ ref('free_email_domains') }} as free_domains
        on companies.domain = free_domains.domain
    where companies.domain is not null and free_domains.domain is null
    group by companies.domain
    having count(distinct companies.account_id) = 1
),

internal_emails as (
    select distinct lower(trim(email)) as email
    from {{ ref('internal_accounts') }}
    where email is not null
),

internal_domains as (
    select distinct lower(trim(domain)) as domain
    from {{ ref('internal_accounts') }}
    where domain is not null
),

final as (
    select
        emails.email_hash,
        emails.email_domain,
        contact_owners.contact_id,
        coalesce(
            contact_owners.account_id,
            corporate_domains.account_id,
            'person:' || emails.email_hash
        ) as account_id,
        case
            when contact_owners.account_id is not null then 'contact'
            when corporate_domains.account_id is not null then 'domain'
            else 'person'
        end as account_rule,
        internal_emails.email is not null or internal_domains.domain is not null as is_internal
    from emails
    left join contact_owners on emails.email_hash = contact_owners.email_hash
    left join corporate_domains on emails.email_domain = corporate_domains.domain
    left join internal_emails on emails.email = internal_emails.email
    left join internal_domains on emails.email_domain = internal_domains.domain
)

select * from final
