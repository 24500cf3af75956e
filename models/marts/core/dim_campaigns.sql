{%- set unknown = "'(unknown)'" %}
with campaigns as (
    select
        campaign,
        marketing_channel,
        program,
        initiative,
        tactic,
        is_lead_generation
    from {{ ref('int_campaigns__named') }}
),

final as (
    select
        cast(campaign as string) as campaign,
        cast(coalesce(marketing_channel, {{ unknown }}) as string) as marketing_channel,
        cast(coalesce(program, {{ unknown }}) as string) as program,
        cast(coalesce(initiative, {{ unknown }}) as string) as initiative,
        cast(coalesce(tactic, {{ unknown }}) as string) as tactic,
        cast(is_lead_generation as boolean) as is_lead_generation
    from campaigns
)

select * from final
