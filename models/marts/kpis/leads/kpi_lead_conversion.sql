{%- set window_days = var('lead_window_days') %}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set account_members = 'account_id, member_set' %}
{%- set cell = ['period_grain', 'period_start', 'dimension', 'dimension_value'] %}
{#- What is asked of each lead; days are null where it did not happen. -#}
{%- set questions = {
    'leads_eligible': 'true',
    'leads_converted_in_window': 'days_to_order <= ' ~ window_days,
    'leads_matured': 'age_days > ' ~ window_days,
    'leads_matured_converted':
        'age_days > ' ~ window_days ~ ' and days_to_order <= ' ~ window_days,
    'leads_converted_to_date': 'days_to_order is not null',
    'leads_won': 'days_to_won <= ' ~ window_days,
    'leads_paid': 'days_to_payment <= ' ~ window_days,
    'leads_converted_in_180d': 'days_to_order <= 180',
    'leads_converted_in_365d': 'days_to_order <= 365',
} %}
{%- set measures = questions.keys() | list + ['leads_from_customers'] %}

with leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        first_order_date,
        is_from_customer,
        {%- for name in dimensions %}
        {{ name }},
        {%- endfor %}
        {%- for name, condition in questions.items() %}
        case when not is_from_customer and {{ condition }} then 1 else 0 end as {{ name }},
        {%- endfor %}
        case when is_from_customer then 1 else 0 end as leads_from_customers,
        coalesce(days_to_order, age_days) as duration_days
    from {{ ref('fct_leads') }}
    where is_strict and is_eligible
),

eligible as (
    select
        *,
        leads_converted_to_date as events
    from leads
    where not is_from_customer
),

conversions as (
    select
        {{ columns_except(['event_date']) }},
        first_order_date as event_date,
        leads_converted_to_date as conversions_in_period
    from eligible
    where leads_converted_to_date = 1
),

lead_members as (
    {{ member_sets('eligible', dimensions) | indent(4) }}
),

account_periods as (
    {{ unit_periods(
        'eligible', 'account_id', dimensions, ['leads_converted_in_window'], 'lead_members'
    ) | indent(4) }}
),

eligible_accounts as (
    select
        *,
        1 as accounts_eligible
    from account_periods
),

converted_accounts as (
    select
        *,
        1 as accounts_converted
    from account_periods
    where leads_converted_in_window > 0
),

accounts_eligible as (
    {{ unit_spells('eligible_accounts', account_members, 'once', ['accounts_eligible'])
        | indent(4) }}
),

accounts_converted as (
    {{ unit_spells('converted_accounts', account_members, 'once', ['accounts_converted'])
        | indent(4) }}
),

durations as (
    {{ cell_durations('eligible') | indent(4) }}
),

survival as (
    {{ kaplan_meier('durations', cell, window_days) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'leads', 'kind': 'events', 'measures': measures},
        {'relation': 'conversions', 'kind': 'events', 'measures': ['conversions_in_period']},
        {
            'relation': 'accounts_eligible', 'kind': 'spells', 'members': 'lead_members',
            'measures': ['accounts_eligible'],
        },
        {
            'relation': 'accounts_converted', 'kind': 'spells', 'members': 'lead_members',
            'measures': ['accounts_converted'],
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
        {%- for name in
            measures + ['conversions_in_period', 'accounts_eligible', 'accounts_converted'] %}
        cast(rollup.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {%- for name, numerator, denominator in [
            ('lead_conversion_rate', 'leads_converted_in_window', 'leads_eligible'),
            ('lead_conversion_rate_matured', 'leads_matured_converted', 'leads_matured'),
            ('lead_conversion_rate_to_date', 'leads_converted_to_date', 'leads_eligible'),
            ('lead_conversion_rate_period', 'conversions_in_period', 'leads_eligible'),
            ('lead_conversion_rate_won', 'leads_won', 'leads_eligible'),
            ('lead_conversion_rate_paid', 'leads_paid', 'leads_eligible'),
            ('lead_conversion_rate_180d', 'leads_converted_in_180d', 'leads_eligible'),
            ('lead_conversion_rate_365d', 'leads_converted_in_365d', 'leads_eligible'),
            ('lead_conversion_rate_by_account', 'accounts_converted', 'accounts_eligible'),
        ] %}
        {{ safe_ratio('rollup.' ~ numerator, 'rollup.' ~ denominator) }} as {{ name }},
        {%- endfor %}
        {%- for name, left_over in [
            ('lead_conversion_rate_km', 'survival'),
            ('lead_conversion_rate_km_ci_low', 'survival_high'),
            ('lead_conversion_rate_km_ci_high', 'survival_low'),
        ] %}
        round(1 - survival.{{ left_over }}, 12) as {{ name }},
        {%- endfor %}
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ window_days) }} <= rollup.as_of as is_mature,
        rollup.as_of
    from rollup
    left join survival
        on
            {%- for column in cell %}
            {{ 'and ' if not loop.first }}rollup.{{ column }} = survival.{{ column }}
            {%- endfor %}
)

select * from final
