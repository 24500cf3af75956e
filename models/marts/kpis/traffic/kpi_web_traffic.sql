{{ config(
    meta={'units': {
        'fct_sessions': {
            'session': 'session_id', 'visitor': 'visitor_id',
            'account': "nullif(account_id, '(no account)')"
        },
        'fct_cookieless_hits': {'hit': 'hit_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set products = {
    'sessions_squared': ['sessions', 'sessions'],
    'pageviews_by_sessions': ['pageviews_in_sessions', 'sessions'],
    'pageviews_squared': ['pageviews_in_sessions', 'pageviews_in_sessions'],
} %}
{%- set own_of_hits = ['device_type', 'country'] %}
{%- set counts = [
    'visitors', 'sessions', 'pageviews', 'pageviews_in_sessions', 'pageviews_cookieless',
    'bytes_sent', 'accounts_identified', 'sessions_split_on_campaign',
] %}

with sessions as (
    select
        session_id,
        visitor_id,
        account_id,
        session_date as event_date,
        {%- for name in dimensions %}
        {{ 'account_id as account' if name == 'account' else name }},
        {%- endfor %}
        1 as sessions,
        sessions_split_on_campaign,
        pageviews as pageviews_in_sessions,
        coalesce(bytes_sent, 0) as session_bytes
    from {{ rows_to_sum(ref('fct_sessions')) }}
    where is_eligible
),

-- Without a visitor there is no visit, so nothing that is known of a visit.
cookieless_hits as (
    select
        hit_id,
        hit_date as event_date,
        {%- for name in dimensions %}
        {%- if name in own_of_hits %}
        {{ name }},
        {%- else %}
        {{ "'(no account)'" if name in ['account', 'customer_type'] else "'(unknown)'" }} as {{ name }},
        {%- endif %}
        {%- endfor %}
        pageviews as pageviews_cookieless,
        coalesce(bytes_sent, 0) as cookieless_bytes
    from {{ rows_to_sum(ref('fct_cookieless_hits')) }}
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

identified_sessions as (
    select *
    from sessions
    where account_id != '(no account)'
),

account_periods as (
    {{ unit_periods(
        'identified_sessions', 'account_id', dimensions, ['sessions'], 'session_members'
    ) | indent(4) }}
),

accounts as (
    {{ unit_counts('account_periods', 'account_id, member_set', {
        'accounts_identified': 'sessions',
    }) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'sessions', 'kind': 'events',
            'measures': [
                'sessions', 'sessions_split_on_campaign', 'pageviews_in_sessions', 'session_bytes',
            ],
        },
        {
            'relation': 'cookieless_hits', 'kind': 'events',
            'measures': ['pageviews_cookieless', 'cookieless_bytes'],
        },
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'session_members',
            'measures': ['visitors'] + products | list,
        },
        {
            'relation': 'accounts', 'kind': 'spells', 'members': 'session_members',
            'measures': ['accounts_identified'],
        },
    ]) }}
),

summed as (
    select
        *,
        pageviews_in_sessions + pageviews_cookieless as pageviews,
        {{ when_delivered('bytes_sent', 'session_bytes + cookieless_bytes') }} as bytes_sent
    from rollup
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for name in counts %}
        cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {{ safe_ratio('pageviews_in_sessions', 'sessions') }} as pages_per_session,
        {%- for ending, side in {'ci_low': '-', 'ci_high': '+'}.items() %}
        {{ delta_bound(
            'pageviews_in_sessions', 'sessions', 'visitors', 'pageviews_squared',
            'pageviews_by_sessions', 'sessions_squared', side=side
        ) }} as pages_per_session_{{ ending }},
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from summed
)

select * from final
