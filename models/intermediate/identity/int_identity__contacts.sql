with contacts as (
    select
        contact_id,
        surviving_contact_id,
        company_id,
        email_hash
    from {{ ref('int_identity__contact_survivors') }}
),

-- Who was merged is known by the address of the survivor, who need not have one.
addressed as (
    select
        {{ columns_except(['email_hash'], 'contacts') }},
        coalesce(survivors.email_hash, contacts.email_hash) as email_hash
    from contacts
    left join contacts as survivors on contacts.surviving_contact_id = survivors.contact_id
),

final as (
    select
        addressed.contact_id,
        addressed.surviving_contact_id,
        coalesce(companies.account_id, addressed.company_id, emails.account_id) as account_id,
        addressed.company_id is not null as has_company,
        addressed.email_hash
    from addressed
    left join {{ ref('int_identity__companies') }} as companies
        on addressed.company_id = companies.company_id
    left join {{ ref('int_identity__emails') }} as emails
        on addressed.email_hash = emails.email_hash
)

select * from final
