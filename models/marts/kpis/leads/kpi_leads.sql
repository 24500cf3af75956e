{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set account_members = 'account_id, member_set' %}
{#- Periods between a period and the one it is compared with, by grain. -#}
{%- set distances = {
    'leads_previous_period': {'r12m': 12},
    'leads_year_ago': {'week': 52, 'month': 12, 'quarter': 4, 'r12m': 12},
} %}

with records as (
    select
        lead_id,
        account_id,
        lead_created_date,
        record_created_date as event_date,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        case when is_strict and is_eligible then 1 else 0 end as leads,
        case when lead_type = 'newsletter' and is_eligible then 1 else 0 end as leads_newsletter,
        case when is_strict and exclusion_reason = 'spam' then 1 else 0 end as leads_spam,
        case
            when
                is_strict
                and coalesce(exclusion_reason, 'merged_lead') = 'merged_lead'
                and bool_or(is_eligible) over (partition by surviving_lead_id)
                then 1
            else 0
        end as lead_records
    from {{ ref('fct_leads') }}
),

leads as (
    select
        {{ columns_except(['event_date']) }},
        lead_created_date as event_date
    from records
    where leads = 1 or leads_newsletter = 1
),

strict_leads as (
    select *
    from leads
    where leads = 1
),

lead_members as (
    {{ member_sets('strict_leads', dimensions) | indent(4) }}
),

account_periods as (
    {{ unit_periods('strict_leads', 'account_id', dimensions, ['leads'], 'lead_members')
        | indent(4) }}
),

accounts as (
    select
        *,
        1 as accounts_with_lead
    from account_periods
),

accounts_with_lead as (
    {{ unit_spells('accounts', account_members, 'once', ['accounts_with_lead']) | indent(4) }}
),

lead_periods as (
    {{ unit_periods('strict_leads', 'lead_id, account_id', dimensions, ['leads'], 'lead_members')
        | indent(4) }}
),

lead_spells as (
    {{ unit_spells('lead_periods', 'lead_id, ' ~ account_members, 'sums', ['leads']) | indent(4) }}
),

-- The leads of a period stand again where it is the earlier one.
{% for name, steps in distances.items() -%}
{{ name }} as (
    select
        lead_id,
        account_id,
        member_set,
        period_grain,
        from_index + steps as from_index,
        to_index + steps as to_index,
        leads as {{ name }}
    from (
        select
            *,
            case period_grain
                {%- for grain, distance in steps.items() %}
                when '{{ grain }}' then {{ distance }}
                {%- endfor %}
                else 1
            end as steps
        from lead_spells
    ) as measured
),

{% endfor -%}
earlier_periods as (
    select
        period_grain,
        period_start,
        previous_period_start >= min(period_start) over by_grain as has_previous_period,
        year_ago_period_start >= min(period_start) over by_grain as has_year_ago
    from {{ ref('dim_periods') }}
    window by_grain as (partition by period_grain)
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'leads', 'kind': 'events', 'measures': ['leads', 'leads_newsletter']},
        {'relation': 'records', 'kind': 'events', 'measures': ['lead_records', 'leads_spam']},
        {
            'relation': 'accounts_with_lead', 'kind': 'spells', 'members': 'lead_members',
            'measures': ['accounts_with_lead'],
        },
        {
            'relation': 'leads_previous_period', 'kind': 'spells', 'members': 'lead_members',
            'measures': ['leads_previous_period'],
        },
        {
            'relation': 'leads_year_ago', 'kind': 'spells', 'members': 'lead_members',
            'measures': ['leads_year_ago'],
        },
    ]) }}
),

compared as (
    select
        {{ columns_except(['leads_previous_period', 'leads_year_ago'], 'rollup') }},
        case
            when earlier_periods.has_previous_period then rollup.leads_previous_period
        end as leads_previous_period,
        case when earlier_periods.has_year_ago then rollup.leads_year_ago end as leads_year_ago
    from rollup
    inner join earlier_periods
        on
            rollup.period_grain = earlier_periods.period_grain
            and rollup.period_start = earlier_periods.period_start
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for name in [
            'leads', 'leads_newsletter', 'leads_spam', 'lead_records', 'accounts_with_lead',
            'leads_previous_period', 'leads_year_ago',
        ] %}
        cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        cast(leads - leads_previous_period as bigint) as leads_change,
        cast(leads - leads_year_ago as bigint) as leads_change_year_ago,
        cast(leads + leads_newsletter as bigint) as leads_broad,
        {{ safe_ratio('leads - leads_previous_period', 'leads_previous_period') }}
            as leads_growth_rate,
        {{ safe_ratio('leads - leads_year_ago', 'leads_year_ago') }} as leads_growth_rate_year_ago,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from compared
)

select * from final
