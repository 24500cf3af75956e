{%- set cost_parts = ['marketing_cost', 'lead_gen_cost', 'paid_media_cost'] -%}
{%- set lead_parts = ['leads', 'leads_broad', 'leads_mql', 'leads_sql'] -%}
with campaigns as (
    select
        campaign,
        is_lead_generation
    from {{ ref('dim_campaigns') }}
),

costs as (
    select
        costs.cost_id,
        costs.cost_source,
        costs.cost_date as event_date,
        costs.marketing_channel,
        costs.campaign,
        costs.program,
        costs.initiative,
        costs.tactic,
        costs.amount as marketing_cost,
        -- A campaign that nobody described was meant to bring leads; cost without one was not.
        case
            when costs.campaign = '(unallocated)' then 0
            when coalesce(campaigns.is_lead_generation, true) then costs.amount
            else 0
        end as lead_gen_cost,
        case when costs.is_paid_media then costs.amount else 0 end as paid_media_cost
    from {{ ref('fct_costs') }} as costs
    left join campaigns on costs.campaign = campaigns.campaign
    where costs.is_eligible and costs.cost_scope in ({{ cost_scopes('marketing') }})
),

leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        marketing_channel,
        campaign,
        program,
        initiative,
        tactic,
        case when is_strict then 1 else 0 end as leads,
        case when is_strict or lead_type = 'newsletter' then 1 else 0 end as leads_broad,
        case when is_strict and mql_at is not null then 1 else 0 end as leads_mql,
        case when is_strict and sql_at is not null then 1 else 0 end as leads_sql
    from {{ ref('fct_leads') }}
    where is_eligible
),

cost_gaps as (
    {{ cost_gaps({'is_cost_missing': 'marketing'}, converted='marketing') | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'costs', 'kind': 'events', 'measures': cost_parts},
        {'relation': 'leads', 'kind': 'events', 'measures': lead_parts},
    ]) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for name in cost_parts %}
        cast(rollup.{{ name }} as decimal(18, 4)) as {{ name }},
        {%- endfor %}
        {%- for name in lead_parts %}
        cast(rollup.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        -- Null instead of a flattering number where cost is missing.
        {%- for name, cost, leads in [
            ('cost_per_lead', 'marketing_cost', 'leads'),
            ('cost_per_lead_lead_gen_only', 'lead_gen_cost', 'leads'),
            ('cost_per_lead_paid_media', 'paid_media_cost', 'leads'),
            ('cost_per_lead_broad', 'marketing_cost', 'leads_broad'),
            ('cost_per_mql', 'marketing_cost', 'leads_mql'),
            ('cost_per_sql', 'marketing_cost', 'leads_sql'),
        ] %}
        case
            when not cost_gaps.is_cost_missing
                then {{ safe_ratio('rollup.' ~ cost, 'rollup.' ~ leads) }}
        end as {{ name }},
        {%- endfor %}
        cost_gaps.is_cost_missing,
        cost_gaps.is_fx_missing,
        rollup.is_complete_period,
        rollup.is_complete_period as is_mature,
        rollup.as_of
    from rollup
    left join cost_gaps
        on
            rollup.period_grain = cost_gaps.period_grain
            and rollup.period_start = cost_gaps.period_start
)

select * from final
