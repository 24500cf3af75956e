{%- set costs = ['marketing', 'sales', 'overhead', 'acquisition', 'fully_loaded'] -%}
{%- set measures = [
    'marketing_cost', 'sales_cost', 'overhead_cost', 'acquisition_cost', 'fully_loaded_cost',
] -%}
with costs as (
    {{ cost_events(costs, ['segment']) | indent(4) }}
),

new_customers as (
    select
        account_id,
        order_id,
        order_date as event_date,
        segment,
        1 as new_customers
    from {{ ref('fct_new_customers') }}
),

cost_gaps as (
    {{ cost_gaps({
        'is_cost_missing': 'acquisition',
        'is_fully_loaded_cost_missing': 'fully_loaded',
    }) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'costs', 'kind': 'events', 'measures': measures},
        {'relation': 'new_customers', 'kind': 'events', 'measures': ['new_customers']},
    ]) | indent(4) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for measure in measures %}
        cast(rollup.{{ measure }} as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        cast(rollup.new_customers as bigint) as new_customers,
        -- A share of cost that is not all there would say nothing.
        case
            when not cost_gaps.is_cost_missing
                then {{ safe_ratio('marketing_cost', 'acquisition_cost') }}
        end as marketing_share_of_cac,
        case
            when not cost_gaps.is_fully_loaded_cost_missing
                then {{ safe_ratio('marketing_cost', 'fully_loaded_cost') }}
        end as marketing_share_of_fully_loaded_cac,
        cost_gaps.is_cost_missing,
        cost_gaps.is_fully_loaded_cost_missing,
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
