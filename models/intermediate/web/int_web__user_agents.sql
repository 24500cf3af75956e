with agents as (
    select distinct user_agent
    from {{ ref('stg_contract__web_events') }}
    where user_agent is not null and is_bot is null
),

final as (
    select
        agents.user_agent,
        count(bots.pattern) > 0 as is_bot
    from agents
    left join {{ ref('bot_user_agents') }} as bots
        on {{ matches_pattern('lower(agents.user_agent)', 'bots.pattern') }}
    group by agents.user_agent
)

select * from final
