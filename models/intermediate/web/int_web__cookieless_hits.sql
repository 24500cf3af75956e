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

hits as (
    select
        event_id,
        source_name,
        event_at,
        event_name,
        device_type,
        country_code,
        user_agent,
        bytes_sent,
        is_bot,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__web_events') }}
    where
        client_id is null
        and source_name not in (select sources.source_name from sessionised_sources as sources)
),

final as (
    select
        hits.event_id,
        hits.source_name,
        hits.event_at,
        {{ reporting_date('hits.event_at') }} as hit_date,
        case when hits.event_name = 'page_view' then 1 else 0 end as pageviews,
        hits.bytes_sent,
        hits.device_type,
        hits.country_code,
        coalesce(
            {{ row_exclusion('hits.event_at', 'hits') }},
            case when coalesce(hits.is_bot, user_agents.is_bot) then 'bot' end
        ) as exclusion_reason
    from hits
    cross join clock
    left join user_agents
        on hits.user_agent = user_agents.user_agent
)

select * from final
