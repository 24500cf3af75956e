{{ config(
    meta={'units': {
        'fct_sessions': {'session': 'session_id', 'visitor': 'visitor_id'},
        'fct_orders': {'visitor': 'visitor_id', 'order': 'order_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set visitor_members = 'visitor_id, member_set' %}
{%- set act_measures = {
    'act_counts': [
        'visitors_with_order', 'visitors_with_form', 'visitors_with_action', 'visitors_new_customer',
    ],
    'within_days': ['visitors_with_order_within_30d', 'visitors_with_order_within_90d'],
    'order_sums': ['orders_from_visitors', 'order_value_from_visitors'],
    'order_products': ['orders_squared', 'order_value_squared'],
} %}
{%- set counts = [
    'visitors', 'visitors_with_order', 'visitors_with_form', 'visitors_with_action',
    'visitors_new_customer', 'visitors_with_order_within_30d', 'visitors_with_order_within_90d',
    'sessions', 'sessions_with_order', 'orders_from_visitors',
] %}

with sessions as (
    select
        session_id,
        visitor_id,
        session_date as event_date,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        1 as sessions,
        cast(has_order as integer) as sessions_with_order,
        cast(has_form_submit as integer) as forms
    from {{ rows_to_sum(ref('fct_sessions')) }}
    where is_eligible
),

orders as (
    select
        order_id,
        account_id,
        visitor_id,
        order_date as event_date,
        order_value,
        1 as orders_valid,
        cast(visitor_id is null as integer) as orders_without_visitor,
        cast(is_first_order as integer) as first_orders
    from {{ rows_to_sum(ref('fct_orders')) }}
    where is_valid_order
),

-- Who visits: a visitor counts once in the total, and once in each member it has a session in.
session_members as (
    {{ member_sets('sessions', dimensions) | indent(4) }}
),

visitor_periods as (
    {{ unit_periods(
        'sessions', 'visitor_id', dimensions, ['sessions', 'sessions_with_order'], 'session_members'
    ) | indent(4) }}
),

visitors as (
    {{ unit_counts('visitor_periods', visitor_members, {'visitors': 'sessions'}) | indent(4) }}
),

session_products as (
    {{ unit_spells('visitor_periods', visitor_members, 'products', {
        'sessions_squared': ['sessions', 'sessions'],
        'sessions_by_order': ['sessions', 'sessions_with_order'],
        'sessions_with_order_squared': ['sessions_with_order', 'sessions_with_order'],
    }) | indent(4) }}
),

-- What visitors do, whatever the channel of the visit in which they do it.
acts as (
    select
        visitor_id,
        event_date,
        orders_valid as orders_from_visitors,
        order_value as order_value_from_visitors,
        first_orders,
        0 as forms
    from orders
    where visitor_id is not null
    union all
    select
        visitor_id,
        event_date,
        0 as orders_from_visitors,
        0 as order_value_from_visitors,
        0 as first_orders,
        forms
    from sessions
    where forms = 1
),

act_periods as (
    {{ unit_periods(
        'acts', 'visitor_id', [], ['orders_from_visitors', 'first_orders', 'forms'],
        amounts=['order_value_from_visitors']
    ) | indent(4) }}
),

act_counts as (
    {{ unit_counts('act_periods', 'visitor_id', {
        'visitors_with_order': 'orders_from_visitors',
        'visitors_with_form': 'forms',
        'visitors_with_action': 'orders_from_visitors + forms',
        'visitors_new_customer': 'first_orders',
    }) | indent(4) }}
),

order_sums as (
    {{ unit_spells('act_periods', 'visitor_id', 'sums', act_measures.order_sums) | indent(4) }}
),

order_products as (
    {{ unit_spells('act_periods', 'visitor_id', 'products', {
        'orders_squared': ['orders_from_visitors', 'orders_from_visitors'],
        'order_value_squared': ['order_value_from_visitors', 'order_value_from_visitors'],
    }) | indent(4) }}
),

visits_of_buyers as (
    select
        visitor_id,
        event_date
    from sessions
    where visitor_id in (select orders.visitor_id from orders)
),

first_visits as (
    {{ unit_period_spells('visits_of_buyers', 'visitor_id', keep='first') | indent(4) }}
),

within_days as (
    select
        first_visits.visitor_id,
        first_visits.period_grain,
        first_visits.from_index,
        first_visits.to_index,
        max(
            case when orders.event_date <= first_visits.event_date + 30 then 1 else 0 end
        ) as visitors_with_order_within_30d,
        1 as visitors_with_order_within_90d
    from first_visits
    inner join orders
        on
            first_visits.visitor_id = orders.visitor_id
            and orders.event_date
            between first_visits.event_date and first_visits.event_date + 90
    group by all
),

acting_visitors as (
    {{ acting_units('visitors', act_measures, 'visitor_id') | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'sessions', 'kind': 'events',
            'measures': ['sessions', 'sessions_with_order'],
        },
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'session_members',
            'measures': ['visitors'],
        },
        {
            'relation': 'acting_visitors', 'kind': 'spells', 'members': 'session_members',
            'measures': act_measures.values() | sum(start=[]),
        },
        {
            'relation': 'session_products', 'kind': 'spells', 'members': 'session_members',
            'measures': ['sessions_squared', 'sessions_by_order', 'sessions_with_order_squared'],
        },
        {
            'relation': 'orders', 'kind': 'events', 'dimensions': [],
            'measures': ['orders_valid', 'orders_without_visitor'],
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
        {%- for name in counts %}
        cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        cast(order_value_from_visitors as decimal(18, 4)) as order_value_from_visitors,
        -- An order without a session has no channel, device or country of one.
        {%- for name, orders in {
            'orders_without_visit': 'orders_valid - orders_from_visitors - orders_without_visitor',
            'orders_without_visitor': 'orders_without_visitor',
            'orders_valid': 'orders_valid',
        }.items() %}
        cast(case when dimension = 'total' then {{ orders }} end as bigint) as {{ name }},
        {%- endfor %}
        {%- for name, numerator, denominator in [
            ('visitor_conversion_rate', 'visitors_with_order', 'visitors'),
            ('orders_per_visitor', 'orders_from_visitors', 'visitors'),
            ('session_conversion_rate', 'sessions_with_order', 'sessions'),
            ('visitor_form_rate', 'visitors_with_form', 'visitors'),
            ('visitor_action_rate', 'visitors_with_action', 'visitors'),
            ('visitor_new_customer_rate', 'visitors_new_customer', 'visitors'),
            ('visitor_conversion_rate_within_30d', 'visitors_with_order_within_30d', 'visitors'),
            ('visitor_conversion_rate_within_90d', 'visitors_with_order_within_90d', 'visitors'),
            ('revenue_per_visitor', 'order_value_from_visitors', 'visitors'),
        ] %}
        {{ safe_ratio(numerator, denominator) }} as {{ name }},
        {%- endfor %}
        {%- for name, ratio, bounds in [
            (
                'orders_per_visitor',
                ['orders_from_visitors', 'visitors', 'visitors', 'orders_squared',
                    'orders_from_visitors', 'visitors'],
                [0, none],
            ),
            (
                'session_conversion_rate',
                ['sessions_with_order', 'sessions', 'visitors', 'sessions_with_order_squared',
                    'sessions_by_order', 'sessions_squared'],
                [0, 1],
            ),
            (
                'revenue_per_visitor',
                ['order_value_from_visitors', 'visitors', 'visitors', 'order_value_squared',
                    'order_value_from_visitors', 'visitors'],
                [none, none],
            ),
        ] %}
        {{ delta_bound(*ratio, side='-', bounds=bounds) }} as {{ name }}_ci_low,
        {{ delta_bound(*ratio, side='+', bounds=bounds) }} as {{ name }}_ci_high,
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
