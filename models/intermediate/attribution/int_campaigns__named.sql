-- A campaign is known by its name in every system, so one name is one campaign.
with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

campaigns as (
    select
        source_name,
        campaign,
        marketing_channel,
        program,
        initiative,
        tactic,
        is_lead_generation,
        source_updated_at,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__campaigns') }}
),

channels as (
    {{ channel_names('campaigns') | indent(4) }}
),

final as (
    select
        campaigns.campaign,
        channels.marketing_channel,
        campaigns.program,
        campaigns.initiative,
        campaigns.tactic,
        campaigns.is_lead_generation
    from campaigns
    cross join clock
    left join channels
        on campaigns.marketing_channel = channels.given_channel
    where {{ row_exclusion('cast(null as timestamp)', 'campaigns') }} is null
    qualify
        row_number() over (
            partition by campaigns.campaign
            order by campaigns.source_updated_at desc nulls last, campaigns.source_name asc
        ) = 1
)

select * from final
