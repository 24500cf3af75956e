{#- Dated rows of units into spells on the axis of periods, so that a unit counts once a period.

    One row per unit, grain and period in which the unit has a row, with the columns of the kept
    row (the `last` or the `first` of the period, by `order_by`), and from_index and to_index, the
    periods in which it is the kept one. In calendar grains that is the period itself. In r12m a
    row of month m stands for the windows that end from m on, until the unit's next active month
    takes over (`last`), or for those that start up to m and after the active month before
    (`first`), so that no row is copied for each of the twelve windows that hold it.

    relation: a CTE with the unit, `event_date`, and any further columns; order_by must make the
    rows of one unit distinct. -#}
{% macro unit_period_spells(relation, unit, keep='last', order_by='event_date') %}
    {%- set starts = {
        'day': 'date_day', 'week': 'week_start', 'month': 'month_start',
        'quarter': 'quarter_start', 'year': 'year_start',
    } -%}
    {#- Named here, since the grains are only known when dbt no longer collects what is read. -#}
    {%- set _ = [ref('dim_dates'), ref('dim_periods')] -%}
    {%- set grains = rollup_setting('grains') -%}
    {%- set calendar = (grains | reject('equalto', 'r12m') | list)
        + (['month'] if 'r12m' in grains and 'month' not in grains else []) -%}
with by_period as (
    {%- for grain in calendar %}
    select
        dated.*,
        '{{ grain }}' as period_grain,
        periods.period_index
    from {{ relation }} as dated
    inner join {{ ref('dim_dates') }} as dates
        on dated.event_date = dates.date_day
    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain = '{{ grain }}'
            and dates.{{ starts[grain] }} = periods.period_start
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

kept as (
    select *
    from by_period
    qualify
        row_number() over (
            partition by {{ unit }}, period_grain, period_index
            order by {{ order_by }} {{ 'desc' if keep == 'last' }}
        ) = 1
)

{% if grains | reject('equalto', 'r12m') | list -%}
select
    {{ columns_except(['period_index', 'period_grain']) }},
    period_grain,
    period_index as from_index,
    period_index as to_index
from kept
where period_grain in ('{{ grains | reject("equalto", "r12m") | join("', '") }}')
{%- endif %}
{% if 'r12m' in grains -%}
{{ 'union all' if grains | length > 1 }}
select
    {{ columns_except(['period_index', 'period_grain']) }},
    'r12m' as period_grain,
    {%- if keep == 'last' %}
    period_index as from_index,
    least(
        period_index + 11,
        coalesce(lead(period_index) over unit_months - 1, period_index + 11)
    ) as to_index
    {%- else %}
    greatest(
        period_index,
        coalesce(lag(period_index) over unit_months + 12, period_index)
    ) as from_index,
    period_index + 11 as to_index
    {%- endif %}
from kept
where period_grain = 'month'
window unit_months as (partition by {{ unit }} order by period_index)
{%- endif %}
{% endmacro %}
