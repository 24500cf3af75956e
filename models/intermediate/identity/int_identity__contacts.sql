with contacts as (
    select
        contact_id,
        surviving_contact_id,
        company_id,
        email_hash
    from {{ ref('int_identity__contact_survivors') }}
),

final as (
    select
        contacts.contact_id,
        contacts.surviving_contact_id,
        coalesce(companies.account_id, contacts.company_id, emails.account_id) as account_id,
        contacts.company_id is not null as has_company,
        contacts.email_hash
    from contacts
    left join {{ ref('int_identity__companies') }} as companies
        on contacts.company_id = companies.company_id
    left join {{ ref('int_identity__emails') }} as emails
        on contacts.email_hash = emails.email_hash
)

select * from final
