{{ config(
    meta={'units': {
        'fct_sessions': {'session': 'session_id', 'visitor': 'visitor_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set products = {
    'repeat_squared': ['repeat_visits', 'repeat_visits'],
    'repeat_by_total': ['repeat_visits', 'total_visits'],
    'total_squared': ['total_visits', 'total_visits'],
} %}

with visits as (
    select
        session_id,
        visitor_id,
        session_date as event_date,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        1 as total_visits,
        cast(is_repeat_visit as integer) as repeat_visits,
        cast(is_repeat_visit_by_account as integer) as repeat_visits_by_account
    from {{ rows_to_sum(ref('fct_sessions')) }}
    where is_eligible
),

visit_members as (
    {{ member_sets('visits', dimensions) | indent(4) }}
),

visitors as (
    {{ unit_measures(
        'visits', 'visitor_id', dimensions, 'visit_members',
        counts={
            'unique_visitors': 'total_visits',
            'visitors_with_repeat_visit': 'repeat_visits',
        },
        products=products
    ) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'visits', 'kind': 'events',
            'measures': ['total_visits', 'repeat_visits', 'repeat_visits_by_account'],
        },
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'visit_members',
            'measures': ['unique_visitors', 'visitors_with_repeat_visit'] + products | list,
        },
    ]) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in [
            'total_visits', 'repeat_visits', 'unique_visitors', 'visitors_with_repeat_visit',
            'repeat_visits_by_account',
        ] %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        {{ safe_ratio('repeat_visits', 'total_visits') }} as repeat_visit_rate,
        cast(total_visits - repeat_visits as bigint) as first_ever_visits,
        {{ safe_ratio('visitors_with_repeat_visit', 'unique_visitors') }}
            as returning_visitor_share,
        {{ safe_ratio('repeat_visits_by_account', 'total_visits') }}
            as repeat_visit_rate_by_account,
        {%- for ending, side in {'ci_low': '-', 'ci_high': '+'}.items() %}
        {{ delta_bound(
            'repeat_visits', 'total_visits', 'unique_visitors', 'repeat_squared',
            'repeat_by_total', 'total_squared', side=side, bounds=[0, 1]
        ) }} as repeat_visit_rate_{{ ending }},
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
