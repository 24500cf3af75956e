{#- Churn of any unit (customers, subscriptions, subscribers of a list), from the rows of
    active_unit_periods to the columns of a KPI, in three steps:

      with unit_periods as (
          select period_grain, period_index as from_index, period_index as to_index, <dimensions>,
              {{ churn_measures('customers') }}
          from <unit periods>
      ),
      rollup as ({{ kpi_rollup(churn_inputs('unit_periods', 'customers', <dimensions>)) }}),
      final as ({{ churn_variants('rollup', 'customers', 'churn_rate') }})

    units: what is lost, in the plural; it begins the name of each part. -#}
{% macro churn_measures(units) -%}
    cast(is_active_at_start as integer) as {{ units }}_at_start,
    cast(is_lost as integer) as {{ units }}_lost,
    cast(is_new as integer) as {{ units }}_new,
    cast(is_reactivated as integer) as {{ units }}_reactivated,
    cast(is_active_at_end as integer) as {{ units }}_at_end,
    churn_events,
    reactivation_events,
    cast(is_lost_voluntary as integer) as {{ units }}_lost_voluntary,
    cast(is_lost_involuntary as integer) as {{ units }}_lost_involuntary
{%- endmacro %}

{#- Inputs of kpi_rollup. dimensions: those that every unit has; only lost units have the others
    (the reason they left), so nothing else is counted by them. -#}
{% macro churn_inputs(relation, units, dimensions) %}
    {{ return([
        {
            'relation': relation, 'kind': 'spells', 'dimensions': dimensions,
            'measures': [
                units ~ '_at_start', units ~ '_new', units ~ '_reactivated', units ~ '_at_end',
                'churn_events', 'reactivation_events',
            ],
        },
        {
            'relation': relation, 'kind': 'spells',
            'measures': [
                units ~ '_lost', units ~ '_lost_voluntary', units ~ '_lost_involuntary',
            ],
        },
    ]) }}
{% endmacro %}

{#- All columns of the KPI from its rollup. rate: name of the default variant. also: columns of its own,
    as SQL. -#}
{% macro churn_variants(relation, units, rate, also=[]) %}
    {%- set lost = units ~ '_lost' -%}
    {%- set start = units ~ '_at_start' -%}
    {%- set denominators = {
        '': start,
        '_over_remaining': units ~ '_remaining',
        '_over_end_active': units ~ '_at_end',
        '_over_average': units ~ '_average',
        '_start_plus_new': start ~ '_and_new',
        '_start_plus_new_and_reactivated': start ~ '_new_and_reactivated',
    } -%}
with counted as (
    -- Only a lost unit has a reason; there is no start of which these could be a share.
    {%- set without_reason = [
        start, units ~ '_new', units ~ '_reactivated', units ~ '_at_end', 'churn_events',
        'reactivation_events',
    ] %}
    select
        {{ columns_except(without_reason) }},
        {%- for part in without_reason %}
        case when dimension != 'cancel_reason' then {{ part }} end as {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
),

summed as (
    select
        *,
        {{ start }} - {{ lost }} as {{ units }}_remaining,
        cast({{ start }} + {{ units }}_at_end as decimal(18, 1)) / 2 as {{ units }}_average,
        {{ start }} + {{ units }}_new as {{ start }}_and_new,
        {{ start }} + {{ units }}_new + {{ units }}_reactivated as {{ start }}_new_and_reactivated
    from counted
)

select
    period_grain,
    period_start,
    period_end,
    dimension,
    dimension_value,
    {%- for part in [
        start, lost, units ~ '_new', units ~ '_reactivated', units ~ '_at_end', 'churn_events',
        'reactivation_events', lost ~ '_voluntary', lost ~ '_involuntary', units ~ '_remaining',
    ] %}
    cast({{ part }} as bigint) as {{ part }},
    {%- endfor %}
    cast({{ units }}_average as decimal(18, 1)) as {{ units }}_average,
    cast({{ start }}_and_new as bigint) as {{ start }}_and_new,
    cast({{ start }}_new_and_reactivated as bigint) as {{ start }}_new_and_reactivated,
    {%- for ending, denominator in denominators.items() %}
    {{ safe_ratio(lost, denominator) }} as {{ rate }}{{ ending }},
    {%- endfor %}
    {{ safe_ratio('churn_events', start) }} as {{ rate }}_intra_period,
    {{ safe_ratio(lost ~ '_voluntary', start) }} as {{ rate }}_voluntary,
    {{ safe_ratio(lost ~ '_involuntary', start) }} as {{ rate }}_involuntary,
    {%- for ending, monthly in {
        '': safe_ratio(lost, start),
        '_low': wilson_bound(lost, start, '-'),
        '_high': wilson_bound(lost, start, '+'),
    }.items() %}
    case
        when period_grain = 'month' then 1 - power(1 - ({{ monthly }}), 12)
    end as {{ rate }}_annualised{{ ending }},
    {%- endfor %}
    {%- for column in also %}
    {{ column }},
    {%- endfor %}
    is_complete_period,
    is_complete_period as is_mature,
    as_of
from summed
{% endmacro %}
