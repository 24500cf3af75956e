{{ config(
    meta={'units': {
        'fct_sessions': {'session': 'session_id', 'visitor': 'visitor_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{#- Steps after the first: how far a session came, when, and the moment of the step before. -#}
{%- set steps = {
    'sessions_with_product_view': [1, 'product_view_at', 'started_at'],
    'sessions_with_cart': [2, 'cart_at', 'product_view_at'],
    'sessions_with_checkout': [3, 'checkout_at', 'cart_at'],
    'sessions_with_order': [4, 'order_at', 'checkout_at'],
} %}
{%- set funnel = ['sessions'] + (steps | list) %}
{%- set parts = funnel + ['sessions_with_order_open'] %}
{%- set ratios = {
    'web_funnel_rate': ['sessions_with_order', 'sessions'],
    'web_funnel_rate_open': ['sessions_with_order_open', 'sessions'],
} %}
{%- set medians = {} %}
{%- set timed = [] %}
{%- for step in steps %}
{%- do timed.append(step ~ '_timed') %}
{%- do ratios.update({step ~ '_step_rate': [step, funnel[loop.index0]]}) %}
{%- do medians.update({step ~ '_median_hours': [step ~ '_hours', 0.5]}) %}
{%- endfor %}
{%- set products = {} %}
{%- for part in parts %}
{%- do products.update({part ~ '_squared': [part, part]}) %}
{%- endfor %}
{%- for rate, pair in ratios.items() %}
{%- do products.update({rate ~ '_product': pair}) %}
{%- endfor %}
{%- set dimensions = rollup_setting('dimensions') | list %}

with sessions as (
    select
        session_id,
        visitor_id,
        session_date as event_date,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        {%- for step, (number, moment, moment_before) in steps.items() %}
        cast(shop_steps >= {{ number }} as integer) as {{ step }},
        {{ hours_between(moment_before, moment) }} as {{ step }}_hours,
        cast({{ hours_between(moment_before, moment) }} is not null as integer) as {{ step }}_timed,
        {%- endfor %}
        cast(has_order as integer) as sessions_with_order_open,
        1 as sessions
    from {{ rows_to_sum(ref('fct_sessions')) }}
    where is_eligible
),

session_members as (
    {{ member_sets('sessions', dimensions) | indent(4) }}
),

visitors as (
    {{ unit_measures(
        'sessions', 'visitor_id', dimensions, 'session_members',
        counts={'visitors': 'sessions'}, products=products
    ) | indent(4) }}
),

medians as (
    {{ cell_quantiles('sessions', medians) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'sessions', 'kind': 'events', 'measures': parts + timed},
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'session_members',
            'measures': ['visitors'] + products | list,
        },
    ]) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for part in parts + timed %}
        cast(rollup.{{ part }} as bigint) as {{ part }},
        {%- endfor %}
        {{ funnel_variants('web_funnel_rate', funnel) | indent(8) }},
        {{ safe_ratio('rollup.sessions_with_order_open', 'rollup.sessions') }}
            as web_funnel_rate_open,
        {%- for rate, (numerator, denominator) in ratios.items() %}
        {%- for ending, side in {'ci_low': '-', 'ci_high': '+'}.items() %}
        {{ delta_bound(
            'rollup.' ~ numerator, 'rollup.' ~ denominator, 'rollup.visitors',
            'rollup.' ~ numerator ~ '_squared', 'rollup.' ~ rate ~ '_product',
            'rollup.' ~ denominator ~ '_squared', side=side, bounds=[0, 1]
        ) }} as {{ rate }}_{{ ending }},
        {%- endfor %}
        {%- endfor %}
        rollup.is_complete_period,
        rollup.is_complete_period as is_mature,
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
