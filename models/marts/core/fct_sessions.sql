{%- set unknown = "'(unknown)'" %}
with sessions as (
    select *
    from {{ ref('int_sessions__resolved') }}
),

internal_accounts as (
    select distinct account_id
    from {{ ref('int_identity__companies') }}
    where is_internal
),

first_orders as (
    select
        account_id,
        first_order_date
    from {{ ref('int_accounts__first_orders') }}
),

sessions_with_order as (
    select distinct visits.session_id
    from {{ ref('int_orders__visits') }} as visits
    inner join {{ ref('int_orders__resolved') }} as orders
        on visits.order_id = orders.order_id
    where orders.is_valid_order and visits.session_id is not null
),

judged as (
    select
        sessions.*,
        first_orders.first_order_date,
        sessions_with_order.session_id is not null as has_order,
        case
            when sessions.exclusion_reason is not null then sessions.exclusion_reason
            when internal_accounts.account_id is not null then 'internal_account'
        end as final_exclusion_reason
    from sessions
    left join internal_accounts
        on sessions.account_id = internal_accounts.account_id
    left join first_orders
        on sessions.account_id = first_orders.account_id
    left join sessions_with_order
        on sessions.session_id = sessions_with_order.session_id
),

final as (
    select
        cast(session_id as varchar) as session_id,
        cast(source_name as varchar) as source_name,
        cast(visitor_id as varchar) as visitor_id,
        cast(contact_id as varchar) as contact_id,
        cast(coalesce(account_id, '(no account)') as varchar) as account_id,
        cast(started_at as timestamp) as started_at,
        cast(session_date as date) as session_date,
        cast(ended_at as timestamp) as ended_at,
        cast(pageviews as bigint) as pageviews,
        cast(bytes_sent as bigint) as bytes_sent,
        cast(marketing_channel as varchar) as marketing_channel,
        cast(source as varchar) as source,
        cast(medium as varchar) as medium,
        cast(coalesce(campaign, {{ unknown }}) as varchar) as campaign,
        cast(coalesce(landing_page, {{ unknown }}) as varchar) as landing_page,
        cast(coalesce(device_type, {{ unknown }}) as varchar) as device_type,
        cast(coalesce(country_code, {{ unknown }}) as varchar) as country,
        cast(
            case
                when account_id is null then '(no account)'
                when session_date = first_order_date then 'new'
                when session_date > first_order_date then 'returning'
                else 'prospect'
            end as varchar
        ) as customer_type,
        cast(coalesce(has_product_view, false) as boolean) as has_product_view,
        cast(coalesce(has_cart, false) as boolean) as has_cart,
        cast(coalesce(has_checkout, false) as boolean) as has_checkout,
        cast(coalesce(has_form_submit, false) as boolean) as has_form_submit,
        cast(has_order as boolean) as has_order,
        cast(final_exclusion_reason is null as boolean) as is_eligible,
        cast(final_exclusion_reason as varchar) as exclusion_reason
    from judged
)

select * from final
