with contacts as (
    select
        contacts.contact_id,
        contacts.company_id,
        contacts.email,
        contacts.client_id,
        contacts.created_at
    from {{ ref('stg_contract__contacts') }} as contacts
    cross join {{ ref('int_build__clock') }} as clock
    where {{ row_exclusion('contacts.created_at', 'contacts') }} is null
),

links as (
    select
        from_id,
        to_id
    from {{ ref('int_contact_links__checked') }}
    where reject_reason is null
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

survivors as (
    select
        closure.from_id,
        closure.to_id as contact_id
    from closure
    left join links as further_links on closure.to_id = further_links.from_id
    where further_links.from_id is null
),

final as (
    select
        contacts.contact_id,
        coalesce(surviving_contacts.contact_id, contacts.contact_id) as surviving_contact_id,
        -- Who was merged works where the survivor works.
        coalesce(surviving_contacts.company_id, contacts.company_id) as company_id,
        contacts.client_id,
        contacts.created_at,
        lower(trim(contacts.email)) as email,
        {{ email_hash('contacts.email') }} as email_hash,
        {{ email_domain('contacts.email') }} as email_domain
    from contacts
    left join survivors on contacts.contact_id = survivors.from_id
    left join contacts as surviving_contacts
        on survivors.contact_id = surviving_contacts.contact_id
)

select * from final
