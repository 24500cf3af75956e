{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key='order_id',
    meta={'changes_of': 'account_id', 'event_time': 'order_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with orders as (
    select
        order_id,
        source_name,
        placed_at,
        order_date,
        company_id,
        contact_id,
        email,
        order_type,
        order_status,
        is_test,
        coalesce(order_cancelled_at, lines_cancelled_at) as cancelled_at,
        session_id,
        client_id,
        row_exclusion
    from {{ ref('int_orders__checked') }}
    where reject_reason is null
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

-- An order without an address of its own has that of its contact.
addressed as (
    select
        orders.*,
        contacts.surviving_contact_id,
        case when contacts.has_company then contacts.account_id end as contact_account_id,
        coalesce({{ email_hash('orders.email') }}, contacts.email_hash) as email_hash
    from orders
    left join contacts on orders.contact_id = contacts.contact_id
),

identified as (
    select
        addressed.*,
        coalesce(addressed.surviving_contact_id, addressed.contact_id, emails.contact_id)
            as resolved_contact_id,
        coalesce(
            companies.account_id,
            addressed.company_id,
            addressed.contact_account_id,
            emails.account_id,
            'guest:' || addressed.order_id
        ) as account_id,
        coalesce(emails.is_internal, false) as is_internal_email
    from addressed
    left join {{ ref('int_identity__companies') }} as companies
        on addressed.company_id = companies.company_id
    left join {{ ref('int_identity__emails') }} as emails
        on addressed.email_hash = emails.email_hash
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

judged as (
    select
        identified.*,
        identified.order_status in ('placed', 'cancelled') as is_placed,
        case
            when identified.row_exclusion is not null then identified.row_exclusion
            when identified.is_test then 'test_order'
            when internal_accounts.account_id is not null or identified.is_internal_email
                then 'internal_account'
            when identified.order_type != 'sale' then 'not_a_sale'
            when identified.order_status in ('draft', 'quote') then 'not_placed'
        end as exclusion_reason
    from identified
    left join internal_accounts on identified.account_id = internal_accounts.account_id
),

final as (
    select
        order_id,
        source_name,
        account_id,
        resolved_contact_id as contact_id,
        client_id,
        session_id,
        email_hash,
        placed_at,
        order_date,
        cancelled_at,
        order_type,
        order_status,
        is_placed,
        exclusion_reason is null as is_eligible,
        coalesce(exclusion_reason, '')
        not in ('deleted_in_source', 'after_as_of', 'test_order') as is_identity_evidence,
        exclusion_reason,
        exclusion_reason is null and cancelled_at is null as is_valid_order
    from judged
)

select * from final
