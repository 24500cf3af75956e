with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

visitors as (
    select
        client_id,
        visitor_id,
        contact_id,
        account_id
    from {{ ref('int_identity__visitors') }}
),

contacts as (
    select
        contact_id,
        surviving_contact_id,
        account_id
    from {{ ref('int_identity__contacts') }}
),

referrers as (
    select referrer_host
    from {{ ref('int_web__referrers') }}
    where is_source
),

delivered as (
    select
        *,
        {{ url_host('referrer') }} as referrer_host,
        {{ url_host('landing_page') }} as page_host,
        coalesce(utm_source, utm_medium, utm_campaign) is not null as has_utm
    from {{ ref('stg_contract__web_sessions') }}
),

sessions as (
    select
        session_id,
        source_name,
        client_id,
        contact_id,
        started_at,
        ended_at,
        pageviews,
        sessions_split_on_campaign,
        bytes_sent,
        source,
        medium,
        campaign,
        landing_page,
        device_type,
        country_code,
        has_product_view,
        has_cart,
        has_checkout,
        has_form_submit,
        product_view_at,
        cart_at,
        checkout_at,
        case
            when checkout_at is not null then 3
            when cart_at is not null then 2
            when product_view_at is not null then 1
            else 0
        end as shop_steps,
        case when is_bot then 'bot' end as exclusion_reason
    from {{ ref('int_web__sessions') }}
    union all
    select
        delivered.session_id,
        delivered.source_name,
        delivered.client_id,
        delivered.contact_id,
        delivered.started_at,
        coalesce(delivered.ended_at, delivered.started_at) as ended_at,
        delivered.pageviews,
        1 as sessions_split_on_campaign,
        delivered.bytes_sent,
        case
            when delivered.has_utm then coalesce(lower(delivered.utm_source), '(not set)')
            else coalesce(referrers.referrer_host, '(direct)')
        end as source,
        case
            when delivered.has_utm then coalesce(lower(delivered.utm_medium), '(not set)')
            when referrers.referrer_host is not null then 'referral'
            else '(none)'
        end as medium,
        delivered.utm_campaign as campaign,
        {{ url_path('delivered.landing_page') }} as landing_page,
        delivered.device_type,
        delivered.country_code,
        delivered.has_product_view,
        delivered.has_cart,
        delivered.has_checkout,
        delivered.has_form_submit,
        -- What was done is known of these, not when: a step counts with all steps before it.
        cast(null as timestamp) as product_view_at,
        cast(null as timestamp) as cart_at,
        cast(null as timestamp) as checkout_at,
        case
            when
                delivered.has_product_view and delivered.has_cart and delivered.has_checkout
                then 3
            when delivered.has_product_view and delivered.has_cart then 2
            when delivered.has_product_view then 1
            else 0
        end as shop_steps,
        coalesce(
            {{ row_exclusion('delivered.started_at', 'delivered') }},
            case
                when delivered.is_bot then 'bot'
                when coalesce(delivered.client_id, delivered.contact_id) is null then 'no_visitor'
            end
        ) as exclusion_reason
    from delivered
    cross join clock
    left join referrers
        on
            delivered.referrer_host = referrers.referrer_host
            and not coalesce(
                {{ is_own_referrer('delivered.referrer_host', 'delivered.page_host') }}, false
            )
),

channels as (
    {{ channel_map('sessions') | indent(4) }}
),

final as (
    select
        sessions.session_id,
        sessions.source_name,
        sessions.client_id,
        coalesce(
            visitors.visitor_id,
            sessions.client_id,
            'contact:' || coalesce(contacts.surviving_contact_id, sessions.contact_id)
        ) as visitor_id,
        coalesce(
            visitors.contact_id, contacts.surviving_contact_id, sessions.contact_id
        ) as contact_id,
        -- Of a visitor without an account, another's login does not make one.
        coalesce(
            visitors.account_id,
            case when visitors.contact_id is null then contacts.account_id end
        ) as account_id,
        sessions.started_at,
        {{ reporting_date('sessions.started_at') }} as session_date,
        sessions.ended_at,
        cast(sessions.pageviews as bigint) as pageviews,
        cast(sessions.sessions_split_on_campaign as bigint) as sessions_split_on_campaign,
        cast(sessions.bytes_sent as bigint) as bytes_sent,
        channels.marketing_channel,
        channels.is_marketing,
        sessions.source,
        sessions.medium,
        sessions.campaign,
        sessions.landing_page,
        sessions.device_type,
        sessions.country_code,
        sessions.has_product_view,
        sessions.has_cart,
        sessions.has_checkout,
        sessions.has_form_submit,
        sessions.product_view_at,
        sessions.cart_at,
        sessions.checkout_at,
        cast(sessions.shop_steps as integer) as shop_steps,
        sessions.exclusion_reason
    from sessions
    left join channels
        on
            sessions.source = channels.source
            and sessions.medium = channels.medium
            and sessions.campaign is not distinct from channels.campaign
    left join visitors
        on sessions.client_id = visitors.client_id
    left join contacts
        on sessions.contact_id = contacts.contact_id
)

select * from final
