{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set visitor_members = 'visitor_id, member_set' %}

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
    from {{ ref('fct_sessions') }}
    where is_eligible
),

visit_members as (
    {{ member_sets('visits', dimensions) | indent(4) }}
),

visitor_periods as (
    {{ unit_periods(
        'visits', 'visitor_id', dimensions, ['total_visits', 'repeat_visits'], 'visit_members'
    ) | indent(4) }}
),

visitors as (
    {{ unit_counts('visitor_periods', visitor_members, {
        'unique_visitors': 'total_visits',
        'visitors_with_repeat_visit': 'repeat_visits',
    }) | indent(4) }}
),

products as (
    {{ unit_spells('visitor_periods', visitor_members, 'products', {
        'repeat_squared': ['repeat_visits', 'repeat_visits'],
        'repeat_by_total': ['repeat_visits', 'total_visits'],
        'total_squared': ['total_visits', 'total_visits'],
    }) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'visits', 'kind': 'events',
            'measures': ['total_visits', 'repeat_visits', 'repeat_visits_by_account'],
        },
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'visit_members',
            'measures': ['unique_visitors', 'visitors_with_repeat_visit'],
        },
        {
            'relation': 'products', 'kind': 'spells', 'members': 'visit_members',
            'measures': ['repeat_squared', 'repeat_by_total', 'total_squared'],
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
