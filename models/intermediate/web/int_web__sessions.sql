{{ config(
    materialized=table_or_increments(only_grows('web_events')),
    incremental_strategy='replace_units',
    unique_key='client_id',
    meta={'event_time': 'started_at'},
    pre_hook='{{ find_changed_clients() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
{%- set origin = "case when has_origin then concat_ws(' / ', source, medium, campaign) end" %}

-- Hits are read once and sorted by visitor twice (gap, then number of the session); nothing joins
-- hits to hits.
with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

sessionised_sources as (
    select distinct source_name
    from {{ ref('stg_contract__web_sessions') }}
    where not is_deleted
),

user_agents as (
    select
        user_agent,
        is_bot
    from {{ ref('int_web__user_agents') }}
),

referrers as (
    select referrer_host
    from {{ ref('int_web__referrers') }}
    where is_source
),

accepted_hits as (
    select
        source_name,
        client_id,
        contact_id,
        event_id,
        event_at,
        event_name,
        page_url,
        lower(utm_source) as utm_source,
        lower(utm_medium) as utm_medium,
        utm_campaign,
        coalesce(utm_source, utm_medium, utm_campaign) is not null as has_utm,
        {{ url_host('referrer') }} as referrer_host,
        {{ url_host('page_url') }} as page_host,
        device_type,
        country_code,
        user_agent,
        bytes_sent,
        is_bot,
        is_deleted,
        loaded_at
    from {{ rows_of_changed_units(ref('stg_contract__web_events')) }}
    where
        client_id is not null
        and source_name not in (select sources.source_name from sessionised_sources as sources)
),

hits as (
    select
        accepted_hits.source_name,
        accepted_hits.client_id,
        accepted_hits.contact_id,
        accepted_hits.event_id,
        accepted_hits.event_at,
        accepted_hits.event_name,
        accepted_hits.device_type,
        accepted_hits.country_code,
        accepted_hits.bytes_sent,
        coalesce(accepted_hits.is_bot, user_agents.is_bot, false) as is_bot,
        case when accepted_hits.event_name = 'page_view' then accepted_hits.page_url end as page,
        -- A hit brings a source if it is tagged, or comes from a page of somebody else.
        accepted_hits.has_utm or (
            referrers.referrer_host is not null
            and not coalesce(
                {{ is_own_referrer('accepted_hits.referrer_host', 'accepted_hits.page_host') }},
                false
            )
        ) as has_origin,
        case
            when accepted_hits.has_utm then coalesce(accepted_hits.utm_source, '(not set)')
            else referrers.referrer_host
        end as source,
        case
            when accepted_hits.has_utm then coalesce(accepted_hits.utm_medium, '(not set)')
            else 'referral'
        end as medium,
        -- Empty, not null: the first hit with an origin decides, even if it names no campaign.
        coalesce(accepted_hits.utm_campaign, '') as campaign
    from accepted_hits
    cross join clock
    left join user_agents
        on accepted_hits.user_agent = user_agents.user_agent
    left join referrers
        on accepted_hits.referrer_host = referrers.referrer_host
    where {{ row_exclusion('accepted_hits.event_at', 'accepted_hits') }} is null
),

gaps as (
    select
        *,
        row_number() over visitor_hits as hit_number,
        {{ origin }} as origin,
        {{ passing_over_nulls('lag', origin) }} over visitor_hits as origin_before,
        case
            when
                event_at <= lag(event_at) over visitor_hits
                + interval {{ var('session_timeout_seconds') }} second
                then 0
            else 1
        end as starts_session
    from hits
    window
        visitor_hits as (
            partition by client_id, source_name, is_bot order by event_at, event_id
        )
),

numbered as (
    select
        *,
        sum(starts_session) over (
            partition by client_id, source_name, is_bot
            order by hit_number
            rows between unbounded preceding and current row
        ) as session_number
    from gaps
),

sessions as (
    select
        source_name,
        client_id,
        is_bot,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as hits,
        count(*) filter (where event_name = 'page_view') as pageviews,
        count(*) filter (
            where starts_session = 1 or (has_origin and origin is distinct from origin_before)
        ) as sessions_split_on_campaign,
        sum(bytes_sent) as bytes_sent,
        max_by(contact_id, hit_number) filter (where contact_id is not null) as contact_id,
        min_by(source, hit_number) filter (where has_origin) as source,
        min_by(medium, hit_number) filter (where has_origin) as medium,
        min_by(campaign, hit_number) filter (where has_origin) as campaign,
        min_by(page, hit_number) filter (where page is not null) as landing_page,
        min_by(device_type, hit_number) filter (where device_type is not null) as device_type,
        min_by(country_code, hit_number) filter (where country_code is not null) as country_code,
        bool_or(event_name = 'product_view') as has_product_view,
        bool_or(event_name = 'add_to_cart') as has_cart,
        bool_or(event_name = 'checkout') as has_checkout,
        bool_or(event_name = 'form_submit') as has_form_submit,
        min(event_at) filter (where event_name = 'product_view') as product_view_at,
        array_agg(event_at) filter (where event_name = 'add_to_cart') as cart_moments,
        array_agg(event_at) filter (where event_name = 'checkout') as checkout_moments
    from numbered
    group by source_name, client_id, is_bot, session_number
),

-- A step counts when it is taken at or after the step before it, which counts too.
carts as (
    select
        *,
        {{ first_moment_from('cart_moments', 'product_view_at') }} as cart_at
    from sessions
),

steps as (
    select
        *,
        {{ first_moment_from('checkout_moments', 'cart_at') }} as checkout_at
    from carts
),

final as (
    select
        client_id || case when is_bot then '#bot@' else '@' end
        || cast(date_trunc('second', started_at) as string) as session_id,
        source_name,
        client_id,
        contact_id,
        started_at,
        ended_at,
        cast(hits as bigint) as hits,
        cast(pageviews as bigint) as pageviews,
        cast(sessions_split_on_campaign as bigint) as sessions_split_on_campaign,
        cast(bytes_sent as bigint) as bytes_sent,
        coalesce(source, '(direct)') as source,
        coalesce(medium, '(none)') as medium,
        nullif(campaign, '') as campaign,
        {{ url_path('landing_page') }} as landing_page,
        device_type,
        country_code,
        has_product_view,
        has_cart,
        has_checkout,
        has_form_submit,
        product_view_at,
        cart_at,
        checkout_at,
        is_bot
    from steps
)

select * from final
