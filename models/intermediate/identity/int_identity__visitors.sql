with clock as (
    select * from {{ ref('int_build__clock') }}
),

contacts as (
    select
        contact_id,
        surviving_contact_id,
        account_id
    from {{ ref('int_identity__contacts') }}
),

-- Who a visitor is, by the strength of what says so: the CRM, a login, an order, a form.
evidence as (
    select
        client_id,
        contact_id,
        1 as evidence_rank,
        created_at as seen_at
    from {{ ref('int_identity__contact_survivors') }}
    where client_id is not null
    union all
    select
        web_events.client_id,
        web_events.contact_id,
        2 as evidence_rank,
        max(web_events.event_at) as seen_at
    from {{ ref('stg_contract__web_events') }} as web_events
    cross join clock
    where
        web_events.client_id is not null
        and web_events.contact_id is not null
        and {{ row_exclusion('web_events.event_at', 'web_events') }} is null
    group by web_events.client_id, web_events.contact_id
    union all
    select
        web_sessions.client_id,
        web_sessions.contact_id,
        2 as evidence_rank,
        max(web_sessions.started_at) as seen_at
    from {{ ref('stg_contract__web_sessions') }} as web_sessions
    cross join clock
    where
        web_sessions.client_id is not null
        and web_sessions.contact_id is not null
        and {{ row_exclusion('web_sessions.started_at', 'web_sessions') }} is null
    group by web_sessions.client_id, web_sessions.contact_id
    union all
    select
        client_id,
        contact_id,
        3 as evidence_rank,
        max(placed_at) as seen_at
    from {{ ref('int_orders__resolved') }}
    where
        client_id is not null
        and contact_id is not null
        and is_identity_evidence
    group by client_id, contact_id
    union all
    select
        leads.client_id,
        coalesce(leads.contact_id, emails.contact_id) as contact_id,
        4 as evidence_rank,
        max(leads.created_at) as seen_at
    from {{ ref('stg_contract__leads') }} as leads
    left join {{ ref('int_identity__emails') }} as emails
        on {{ email_hash('leads.email') }} = emails.email_hash
    cross join clock
    where
        leads.client_id is not null
        and coalesce(leads.contact_id, emails.contact_id) is not null
        and not leads.is_spam
        and {{ row_exclusion('leads.created_at', 'leads') }} is null
    group by all
),

visitor_contacts as (
    select
        evidence.client_id,
        min_by(
            contacts.surviving_contact_id,
            (
                evidence.evidence_rank,
                -{{ microseconds("coalesce(evidence.seen_at, timestamp '1970-01-01')") }},
                contacts.surviving_contact_id
            )
        ) as contact_id
    from evidence
    inner join contacts on evidence.contact_id = contacts.contact_id
    group by evidence.client_id
),

-- A visitor who ordered without being a known contact belongs to the account of the order.
visitor_orders as (
    select
        client_id,
        max_by(
            account_id, (left(account_id, 6) != 'guest:', placed_at, order_id)
        ) as account_id
    from {{ ref('int_orders__resolved') }}
    where
        client_id is not null
        and is_identity_evidence
    group by client_id
),

clients as (
    select client_id from visitor_contacts
    union
    select client_id from visitor_orders
),

final as (
    select
        clients.client_id,
        coalesce('contact:' || visitor_contacts.contact_id, clients.client_id) as visitor_id,
        visitor_contacts.contact_id,
        coalesce(contacts.account_id, visitor_orders.account_id) as account_id
    from clients
    left join visitor_contacts on clients.client_id = visitor_contacts.client_id
    left join contacts on visitor_contacts.contact_id = contacts.contact_id
    left join visitor_orders on clients.client_id = visitor_orders.client_id
)

select * from final
