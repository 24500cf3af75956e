{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='hit_id',
    meta={'keeps_changes': 'rows', 'event_time': 'hit_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
{%- set unknown = "'(unknown)'" %}
with hits as (
    select
        event_id as hit_id,
        source_name,
        event_at as hit_at,
        hit_date,
        pageviews,
        bytes_sent,
        device_type,
        country_code,
        exclusion_reason
    from {{ ref('int_web__cookieless_hits') }}
),

-- Visits of a source that delivers its own sessions, of which it does not know whose they were.
visits as (
    select
        session_id as hit_id,
        source_name,
        started_at as hit_at,
        session_date as hit_date,
        pageviews,
        bytes_sent,
        device_type,
        country_code,
        cast(null as string) as exclusion_reason
    from {{ ref('int_sessions__resolved') }}
    where exclusion_reason = 'no_visitor'
),

unioned as (
    select * from hits
    union all
    select * from visits
),

final as (
    select
        cast(hit_id as string) as hit_id,
        cast(source_name as string) as source_name,
        cast(hit_at as timestamp) as hit_at,
        cast(hit_date as date) as hit_date,
        cast(pageviews as bigint) as pageviews,
        cast(bytes_sent as bigint) as bytes_sent,
        cast(coalesce(device_type, {{ unknown }}) as string) as device_type,
        cast(coalesce(country_code, {{ unknown }}) as string) as country,
        cast(exclusion_reason is null as boolean) as is_eligible,
        cast(exclusion_reason as string) as exclusion_reason
    from unioned
)

select * from final
