{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='session_id',
    meta={'keeps_changes': 'rows', 'event_time': 'started_at'},
    post_hook='{{ remember_whole_build() }}'
) }}
{%- set unknown = "'(unknown)'" %}
with sessions as (
    select *
    from {{ ref('int_sessions__resolved') }}
),

-- What is sorted and joined is read apart, and carries little.
session_keys as (
    select
        session_id,
        visitor_id,
        account_id,
        started_at,
        checkout_at,
        shop_steps,
        exclusion_reason
    from {{ ref('int_sessions__resolved') }}
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

first_orders as (
    select
        account_id,
        first_order_date
    from {{ ref('int_accounts__first_orders') }}
),

sessions_with_order as (
    select
        session_keys.session_id,
        -- At or after a checkout that counts; of delivered sessions no moment is known.
        min(orders.placed_at) filter (
            where
            session_keys.shop_steps = 3
            and (session_keys.checkout_at is null or orders.placed_at >= session_keys.checkout_at)
        ) as order_at
    from {{ ref('int_orders__visits') }} as visits
    inner join {{ ref('int_orders__resolved') }} as orders
        on visits.order_id = orders.order_id
    inner join session_keys
        on visits.session_id = session_keys.session_id
    where orders.is_valid_order
    group by session_keys.session_id
),

-- The first visit ever of a visitor, and of an account, is the one that is not a repeat visit.
visit_numbers as (
    select
        session_keys.session_id,
        row_number() over (
            partition by session_keys.visitor_id
            order by session_keys.started_at, session_keys.session_id
        ) as visit_number,
        row_number() over (
            partition by session_keys.account_id
            order by session_keys.started_at, session_keys.session_id
        ) as account_visit_number
    from session_keys
    left join internal_accounts
        on session_keys.account_id = internal_accounts.account_id
    where session_keys.exclusion_reason is null and internal_accounts.account_id is null
),

judged as (
    select
        sessions.*,
        first_orders.first_order_date,
        sessions_with_order.session_id is not null as has_order,
        sessions_with_order.order_at,
        visit_numbers.visit_number,
        visit_numbers.account_visit_number,
        visit_numbers.session_id is not null as is_eligible,
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
    left join visit_numbers
        on sessions.session_id = visit_numbers.session_id
),

final as (
    select
        cast(session_id as string) as session_id,
        cast(source_name as string) as source_name,
        cast(visitor_id as string) as visitor_id,
        cast(contact_id as string) as contact_id,
        cast(coalesce(account_id, '(no account)') as string) as account_id,
        cast(started_at as timestamp) as started_at,
        cast(session_date as date) as session_date,
        cast(ended_at as timestamp) as ended_at,
        cast(pageviews as bigint) as pageviews,
        cast(sessions_split_on_campaign as bigint) as sessions_split_on_campaign,
        cast(bytes_sent as bigint) as bytes_sent,
        cast(marketing_channel as string) as marketing_channel,
        cast(source as string) as source,
        cast(medium as string) as medium,
        cast(coalesce(campaign, {{ unknown }}) as string) as campaign,
        cast(coalesce(landing_page, {{ unknown }}) as string) as landing_page,
        cast(coalesce(device_type, {{ unknown }}) as string) as device_type,
        cast(coalesce(country_code, {{ unknown }}) as string) as country,
        cast(
            case
                when account_id is null then '(no account)'
                when session_date = first_order_date then 'new'
                when session_date > first_order_date then 'returning'
                else 'prospect'
            end as string
        ) as customer_type,
        cast(coalesce(has_product_view, false) as boolean) as has_product_view,
        cast(coalesce(has_cart, false) as boolean) as has_cart,
        cast(coalesce(has_checkout, false) as boolean) as has_checkout,
        cast(coalesce(has_form_submit, false) as boolean) as has_form_submit,
        cast(has_order as boolean) as has_order,
        cast(product_view_at as timestamp) as product_view_at,
        cast(cart_at as timestamp) as cart_at,
        cast(checkout_at as timestamp) as checkout_at,
        cast(order_at as timestamp) as order_at,
        cast(
            case when order_at is not null then 4 else coalesce(shop_steps, 0) end as integer
        ) as shop_steps,
        cast(is_eligible and visit_number > 1 as boolean) as is_repeat_visit,
        -- A visitor without an account stands for itself.
        cast(
            is_eligible
            and (visit_number > 1 or (account_id is not null and account_visit_number > 1))
            as boolean
        ) as is_repeat_visit_by_account,
        cast(is_eligible as boolean) as is_eligible,
        cast(final_exclusion_reason as string) as exclusion_reason
    from judged
)

select * from final
