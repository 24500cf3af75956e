{{ config(
    meta={'units': {
        'fct_sessions': {'session': 'session_id', 'visitor': 'visitor_id'},
        'fct_email_subscription_events': {
            'event': 'subscription_event_id', 'visitor': 'visitor_id',
        },
        'fct_email_list_spells': {'address': 'email_hash', 'visitor': 'visitor_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set of_forms = dimensions | select('equalto', 'form_name') | list %}
{%- set of_visits = dimensions | reject('equalto', 'form_name') | list %}
{%- set visitor_parts = [
    'visitors', 'visitors_opted_in', 'visitors_subscribed_before', 'visitors_confirmed',
    'visitors_unsubscribed', 'visitors_subscribed',
] %}
{%- set list_parts = [
    'opt_ins', 'opt_ins_offline', 'list_size_at_start', 'list_size_at_end', 'list_unsubscribed',
    'list_bounced',
] %}
{%- set acts = {
    'visitors_opted_in': 'opt_ins',
    'visitors_confirmed': 'confirmations',
    'visitors_unsubscribed': 'list_unsubscribed',
} %}
{%- set act_measures = {
    'act_counts': acts | list,
    'subscribed_before': ['visitors_subscribed_before'],
    'subscribed': ['visitors_subscribed'],
} %}

with sessions as (
    select
        visitor_id,
        session_date as event_date,
        {%- for name in of_visits %}
        {{ name }},
        {%- endfor %}
        1 as sessions
    from {{ rows_to_sum(ref('fct_sessions')) }}
    where is_eligible
),

list_events as (
    select
        subscription_event_id,
        visitor_id,
        event_date,
        form_name,
        cast(is_opt_in as integer) as opt_ins,
        cast(is_offline as integer) as opt_ins_offline,
        cast(is_confirmation as integer) as confirmations,
        cast(is_opt_out and event_type = 'unsubscribe' as integer) as list_unsubscribed,
        cast(is_opt_out and event_type = 'bounce' as integer) as list_bounced
    from {{ rows_to_sum(ref('fct_email_subscription_events')) }}
    where is_eligible
),

stretches as (
    select
        email_hash,
        list_name,
        visitor_id,
        form_name,
        active_from as valid_from,
        active_to as valid_to
    from {{ rows_to_sum(ref('fct_email_list_spells')) }}
),

session_members as (
    {{ member_sets('sessions', of_visits) | indent(4) }}
),

form_members as (
    {{ member_sets('list_events', of_forms) | indent(4) }}
),

visitor_periods as (
    {{ unit_periods('sessions', 'visitor_id', of_visits, ['sessions'], 'session_members')
        | indent(4) }}
),

visitors as (
    {{ unit_counts('visitor_periods', 'visitor_id, member_set', {'visitors': 'sessions'})
        | indent(4) }}
),

-- What visitors do, in total and by form. Acts of nobody meet no visitor below.
act_periods as (
    {{ unit_periods('list_events', 'visitor_id', [], acts.values() | list) | indent(4) }}
),

act_counts as (
    {{ unit_counts('act_periods', 'visitor_id', acts) | indent(4) }}
),

form_periods as (
    {{ unit_periods('list_events', 'visitor_id', of_forms, acts.values() | list, 'form_members')
        | indent(4) }}
),

form_counts as (
    {{ unit_counts('form_periods', 'visitor_id, member_set', acts) | indent(4) }}
),

before_spells as (
    {{ period_end_spells('stretches', at='start') }}
),

subscribed_before as (
    {{ merged_spells('before_spells', 'visitor_id', 'visitors_subscribed_before') | indent(4) }}
),

-- Subscribed before the period, or opted in during it: once, whoever did both.
either_spells as (
    select
        visitor_id,
        period_grain,
        from_index,
        to_index
    from before_spells
    union
    select
        visitor_id,
        period_grain,
        from_index,
        to_index
    from act_counts
    where visitors_opted_in = 1
),

subscribed as (
    {{ merged_spells('either_spells', 'visitor_id', 'visitors_subscribed') | indent(4) }}
),

acting_visitors as (
    {{ acting_units('visitors', act_measures, 'visitor_id') | indent(4) }}
),

visitors_in_total as (
    select visitors.*
    from visitors
    inner join session_members on visitors.member_set = session_members.member_set
    where session_members.total is not null
),

form_visitors as (
    {{ acting_units('visitors_in_total', {'form_counts': acts | list}, 'visitor_id', 'acts')
        | indent(4) }}
),

{% for edge in ['start', 'end'] -%}
list_at_{{ edge }} as (
    select
        *,
        1 as list_size_at_{{ edge }}
    from (
        {{ period_end_spells('stretches', at=edge) }}
    ) as spells
),

{% endfor -%}
rollup as (
    {{ kpi_rollup([
        {
            'relation': 'visitors', 'kind': 'spells', 'members': 'session_members',
            'dimensions': of_visits, 'measures': ['visitors'],
        },
        {
            'relation': 'acting_visitors', 'kind': 'spells', 'members': 'session_members',
            'dimensions': of_visits, 'measures': act_measures.values() | sum(start=[]),
        },
        {
            'relation': 'form_visitors', 'kind': 'spells', 'members': 'form_members',
            'dimensions': of_forms, 'has_total': false, 'measures': acts | list,
        },
        {
            'relation': 'list_events', 'kind': 'events', 'dimensions': ['form_name'],
            'measures': ['opt_ins', 'opt_ins_offline', 'list_unsubscribed', 'list_bounced'],
        },
        {
            'relation': 'list_at_start', 'kind': 'spells', 'dimensions': ['form_name'],
            'measures': ['list_size_at_start'],
        },
        {
            'relation': 'list_at_end', 'kind': 'spells', 'dimensions': ['form_name'],
            'measures': ['list_size_at_end'],
        },
    ]) }}
),

{% set of_visitors = ['visitors', 'visitors_subscribed_before', 'visitors_subscribed'] -%}
-- A form has no visitors that did not use it, and a list no channel or device.
counted as (
    select
        {%- for part in of_visitors %}
        case when dimension != 'form_name' then {{ part }} end as {{ part }},
        {%- endfor %}
        {%- for part in list_parts %}
        case when dimension in ('total', 'form_name') then {{ part }} end as {{ part }},
        {%- endfor %}
        {{ columns_except(of_visitors + list_parts) }}
    from rollup
),

compared as (
    select
        *,
        visitors - visitors_subscribed_before as visitors_not_subscribed_before,
        visitors_subscribed - visitors_subscribed_before as visitors_opted_in_eligible,
        case when dimension != 'form_name' then visitors_opted_in - visitors_unsubscribed end
            as visitors_opted_in_net
    from counted
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in visitor_parts + list_parts + [
            'visitors_not_subscribed_before', 'visitors_opted_in_eligible', 'visitors_opted_in_net',
        ] %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        {%- for name, (numerator, denominator) in {
            'email_opt_in_rate': ['visitors_opted_in', 'visitors'],
            'email_opt_in_rate_eligible': [
                'visitors_opted_in_eligible', 'visitors_not_subscribed_before',
            ],
            'email_opt_in_rate_confirmed': ['visitors_confirmed', 'visitors'],
            'email_opt_in_rate_net': ['visitors_opted_in_net', 'visitors'],
            'email_subscribed_share': ['visitors_subscribed', 'visitors'],
            'email_unsubscribe_rate': ['list_unsubscribed', 'list_size_at_start'],
        }.items() %}
        {{ safe_ratio(numerator, denominator) }} as {{ name }},
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from compared
)

select * from final
