{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set cell = ['period_grain', 'period_start', 'dimension', 'dimension_value'] %}
{#- Each cycle: the date it begins and the date it ends on, which is the one it counts on. -#}
{%- set cycles = {
    'sales_cycle_days': {
        'from': 'lead_created_date', 'to': 'first_order_date',
        'sum': 'cycle_days_sum', 'count': 'leads_converted',
    },
    'sales_cycle_days_from_touch': {
        'from': 'first_touch_date', 'to': 'first_order_date',
        'sum': 'cycle_days_from_touch_sum', 'count': 'leads_converted_with_touch',
    },
    'sales_cycle_days_from_mql': {
        'from': 'recorded_mql_date', 'to': 'first_order_date',
        'sum': 'cycle_days_from_mql_sum', 'count': 'leads_converted_with_mql',
    },
    'sales_cycle_days_from_opportunity': {
        'from': 'opportunity_created_date', 'to': 'first_order_date',
        'sum': 'cycle_days_from_opportunity_sum', 'count': 'leads_converted_with_opportunity',
    },
    'sales_cycle_days_to_won': {
        'from': 'lead_created_date', 'to': 'won_date',
        'sum': 'cycle_days_to_won_sum', 'count': 'leads_won',
    },
    'sales_cycle_days_to_payment': {
        'from': 'lead_created_date', 'to': 'first_payment_date',
        'sum': 'cycle_days_to_payment_sum', 'count': 'leads_paid',
    },
} %}
{%- set inputs = [
    {'relation': 'leads', 'kind': 'events', 'measures': ['leads_created', 'leads_open']},
] %}

with leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        lead_created_date,
        first_touch_date,
        -- An imputed MQL is no moment that anything began in.
        case when not is_mql_imputed then mql_date end as recorded_mql_date,
        opportunity_created_date,
        won_date,
        first_order_date,
        first_payment_date,
        1 as leads_created,
        case when first_order_date is null then 1 else 0 end as leads_open,
        case when first_order_date is null then 0 else 1 end as events,
        coalesce(days_to_order, age_days) as duration_days
    from {{ ref('fct_leads') }}
    where is_strict and is_eligible and not is_from_customer
),

{% for name, cycle in cycles.items() -%}
{%- set days = days_between(cycle['from'], cycle.to) -%}
{%- set measures = [cycle.sum, cycle.sum ~ '_of_squares', cycle.count] -%}
{%- do inputs.append({'relation': name, 'kind': 'events', 'measures': measures}) -%}
{{ name }} as (
    select
        {{ columns_except(['event_date']) }},
        {{ cycle.to }} as event_date,
        {{ days }} as {{ cycle.sum }},
        {{ days }} * {{ days }} as {{ cycle.sum }}_of_squares,
        1 as {{ cycle.count }}
    from leads
    where {{ days }} >= 0
),

{% endfor -%}
quantiles as (
    {{ cell_quantiles('sales_cycle_days', {
        'sales_cycle_days_median': ['cycle_days_sum', 0.5],
        'sales_cycle_days_p90': ['cycle_days_sum', 0.9],
    }) | indent(4) }}
),

durations as (
    {{ cell_durations('leads') | indent(4) }}
),

survival as (
    {{ kaplan_meier('durations', cell) | indent(4) }}
),

rollup as (
    {{ kpi_rollup(inputs) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        cast(rollup.leads_created as bigint) as leads_created,
        cast(rollup.leads_open as bigint) as leads_open,
        {%- for cycle in cycles.values() %}
        cast(rollup.{{ cycle.sum }} as bigint) as {{ cycle.sum }},
        cast(rollup.{{ cycle.count }} as bigint) as {{ cycle.count }},
        {%- endfor %}
        {%- for name, cycle in cycles.items() %}
        {{ safe_ratio('rollup.' ~ cycle.sum, 'rollup.' ~ cycle.count) }} as {{ name }},
        {%- endfor %}
        quantiles.sales_cycle_days_median,
        quantiles.sales_cycle_days_p90,
        survival.median_days as sales_cycle_days_km_median,
        {%- for name, cycle in cycles.items() %}
        {%- for side, bound in {'-': 'low', '+': 'high'}.items() %}
        {{ delta_bound(
            'rollup.' ~ cycle.sum, 'rollup.' ~ cycle.count, 'rollup.' ~ cycle.count,
            'rollup.' ~ cycle.sum ~ '_of_squares', 'rollup.' ~ cycle.sum, 'rollup.' ~ cycle.count,
            side=side,
        ) }} as {{ name }}_ci_{{ bound }},
        {%- endfor %}
        {%- endfor %}
        rollup.is_complete_period,
        rollup.is_complete_period as is_mature,
        rollup.as_of
    from rollup
    {%- for name in ['quantiles', 'survival'] %}
    left join {{ name }}
        on
            {%- for column in cell %}
            {{ 'and ' if not loop.first }}rollup.{{ column }} = {{ name }}.{{ column }}
            {%- endfor %}
    {%- endfor %}
)

select * from final
