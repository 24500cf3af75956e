with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

quotes as (
    select
        quotes.quote_id,
        quotes.source_name,
        quotes.requested_at,
        quotes.company_id,
        quotes.contact_id,
        quotes.order_id,
        -- What happens after the clock is not known yet, what comes before the request is no answer
        -- to it.
        {%- for moment in ['sent_at', 'accepted_at', 'rejected_at', 'expired_at'] %}
        case
            when
                quotes.{{ moment }} >= quotes.requested_at and quotes.{{ moment }} <= clock.as_of
                then quotes.{{ moment }}
        end as {{ moment }},
        {%- endfor %}
        quotes.amount,
        quotes.currency_code,
        {{ row_exclusion('quotes.requested_at', 'quotes') }} as row_exclusion
    from {{ ref('stg_contract__quotes') }} as quotes
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
        account_id
    from {{ ref('int_identity__contacts') }}
),

orders as (
    select
        order_id,
        account_id,
        placed_at,
        is_valid_order
    from {{ ref('int_orders__resolved') }}
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

leads as (
    select
        lead_id,
        account_id,
        contact_id,
        lead_created_at
    from {{ ref('int_leads__resolved') }}
    where is_eligible
),

identified as (
    select
        quotes.*,
        coalesce(contacts.surviving_contact_id, quotes.contact_id) as person_id,
        coalesce(
            companies.account_id, quotes.company_id, contacts.account_id, orders.account_id
        ) as account_id,
        case
            when orders.is_valid_order and orders.placed_at >= quotes.requested_at
                then orders.placed_at
        end as ordered_at
    from quotes
    left join companies
        on quotes.company_id = companies.company_id
    left join contacts
        on quotes.contact_id = contacts.contact_id
    left join orders
        on quotes.order_id = orders.order_id
),

-- The lead that a quote answers: the person's latest one by then, else the account's.
quote_leads as (
    select
        identified.quote_id,
        leads.lead_id
    from identified
    inner join leads
        on
            identified.account_id = leads.account_id
            and identified.requested_at >= leads.lead_created_at
    qualify
        row_number() over (
            partition by identified.quote_id
            order by
                coalesce(identified.person_id = leads.contact_id, false) desc,
                leads.lead_created_at desc,
                leads.lead_id asc
        ) = 1
),

final as (
    select
        identified.quote_id,
        identified.source_name,
        identified.account_id,
        identified.person_id as contact_id,
        quote_leads.lead_id,
        identified.order_id,
        identified.requested_at,
        {{ reporting_date('identified.requested_at') }} as requested_date,
        identified.sent_at,
        identified.accepted_at,
        identified.rejected_at,
        identified.expired_at,
        identified.ordered_at,
        identified.amount as amount_local,
        identified.currency_code,
        coalesce(
            identified.row_exclusion,
            case when internal_accounts.account_id is not null then 'internal_account' end
        ) as exclusion_reason
    from identified
    left join quote_leads
        on identified.quote_id = quote_leads.quote_id
    left join internal_accounts
        on identified.account_id = internal_accounts.account_id
)

select * from final
