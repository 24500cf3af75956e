{#- Dated rows of units summed by unit, member and period, one row each.

    Columns: the unit, `dimension` and `dimension_value` (the total, and each dimension by itself),
    `period_grain`, `period_index` and the measures. Grains are those of the KPI but r12m, and
    month as well where r12m needs it. Quarters and years come from months, which are fewer rows.

    relation: a CTE with the unit, `event_date`, the dimensions and the measures. -#}
{% macro unit_periods(relation, unit, dimensions, measures) %}
    {%- set grains = rollup_setting('grains') -%}
    {%- set key = unit ~ ', dimension, dimension_value' -%}
    {%- set from_dates = ['month'] + (grains | select('in', ['day', 'week']) | list) -%}
    {%- set from_months = grains | select('in', ['quarter', 'year']) | list -%}
with dated as (
    select
        {%- for column in unit.split(', ') + dimensions + measures %}
        units.{{ column }},
        {%- endfor %}
        dates.date_day as day_start,
        dates.week_start,
        dates.month_start
    from {{ relation }} as units
    inner join {{ ref('dim_dates') }} as dates
        on units.event_date = dates.date_day
),

months as (
    select distinct month_start, quarter_start, year_start
    from {{ ref('dim_dates') }}
),

{% for grain in from_dates -%}
by_{{ grain }} as (
    {{ rollup_members('dated', [unit, grain ~ '_start'], dimensions, measures, false) | indent(4) }}
),

{% endfor -%}
{%- for grain in from_months -%}
by_{{ grain }} as (
    select
        {{ key }},
        months.{{ grain }}_start,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_month
    inner join months
        on by_month.month_start = months.month_start
    group by {{ key }}, months.{{ grain }}_start
),

{% endfor -%}
by_period as (
    {%- for grain in from_dates + from_months
        if grain in grains or (grain == 'month' and 'r12m' in grains) %}
    select
        {{ key }},
        '{{ grain }}' as period_grain,
        {{ grain }}_start as period_start,
        {{ measures | join(', ') }}
    from by_{{ grain }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {{ key }},
        'month' as period_grain,
        month_start as period_start,
        {{ measures | join(', ') }}
    from by_month
    {%- endfor %}
)

select
    by_period.* exclude (period_start),
    periods.period_index
from by_period
inner join {{ ref('dim_periods') }} as periods
    on
        by_period.period_grain = periods.period_grain
        and by_period.period_start = periods.period_start
{% endmacro %}
