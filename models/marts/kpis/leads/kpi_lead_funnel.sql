{#- Steps in their order: whether a lead passed it, and the hours it took from the step before. -#}
{%- set steps = {
    'leads_mql': ['mql_at', 'hours_to_mql'],
    'leads_sql': ['sql_at', 'hours_to_sql'],
    'leads_opportunity': ['opportunity_at', 'hours_to_opportunity'],
    'leads_won': ['won_at', 'hours_to_won'],
    'leads_ordered': ['first_order_at', 'hours_to_order'],
} -%}
{%- set funnel = ['leads'] + steps.keys() | list -%}
{%- set parts = funnel[:] -%}
{%- set medians = {} -%}
{%- for step, columns in steps.items() -%}
{%- do parts.append(step ~ '_timed') -%}
{%- do medians.update({step ~ '_median_hours': [columns[1], 0.5]}) -%}
{%- endfor -%}
with leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        industry,
        sales_rep,
        lead_source,
        1 as leads,
        {%- for step, columns in steps.items() %}
        {{ columns[1] }},
        case when {{ columns[0] }} is not null then 1 else 0 end as {{ step }},
        case when {{ columns[1] }} is not null then 1 else 0 end
            as {{ step }}_timed{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_leads') }}
    where is_strict and is_eligible
),

medians as (
    {{ cell_quantiles('leads', medians) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([{'relation': 'leads', 'kind': 'events', 'measures': parts}]) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for name in parts %}
        cast(rollup.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {{ funnel_variants('lead_funnel_rate', funnel) | indent(8) }},
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ var('lead_window_days')) }} <= rollup.as_of
            as is_mature,
        rollup.as_of
    from rollup
    left join medians
        on
            rollup.period_grain = medians.period_grain
            and rollup.period_start = medians.period_start
            and rollup.dimension = medians.dimension
            and rollup.dimension_value = medians.dimension_value
)

select * from final
