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
        cast(campaign as varchar) as campaign,
        cast(coalesce(marketing_channel, {{ unknown }}) as varchar) as marketing_channel,
        cast(coalesce(program, {{ unknown }}) as varchar) as program,
        cast(coalesce(initiative, {{ unknown }}) as varchar) as initiative,
        cast(coalesce(tactic, {{ unknown }}) as varchar) as tactic,
        cast(is_lead_generation as boolean) as is_lead_generation
    from campaigns
)

select * from final
