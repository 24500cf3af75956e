-- A table of its own, so that the hits meet each host once, by an equal join.
with hosts as (
    select distinct {{ url_host('referrer') }} as referrer_host
    from {{ ref('stg_contract__web_events') }}
    union
    select distinct {{ url_host('referrer') }} as referrer_host
    from {{ ref('stg_contract__web_sessions') }}
),

final as (
    select
        hosts.referrer_host,
        count(exclusions.host) = 0 as is_source
    from hosts
    left join {{ ref('referral_exclusions') }} as exclusions
        on
            hosts.referrer_host = exclusions.host
            or hosts.referrer_host like '%.' || exclusions.host
    where hosts.referrer_host is not null
    group by hosts.referrer_host
)

select * from final
