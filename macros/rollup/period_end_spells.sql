{#- Rows that hold on the days of [valid_from, valid_to) as spells on the axis of periods (see
    kpi_rollup): a row counts in each period on whose last day it holds, in a running period on the
    day of `as_of`. The result has the columns of the relation, period_grain, from_index, to_index; a row
    that begins and ends within one period has none there.

    relation: a CTE with valid_from and valid_to, `9999-12-31` while the row holds.
    at: `end`, or `start`, where a row counts in the periods before whose first day it held. -#}
{% macro period_end_spells(relation, at='end') %}
    {%- set grains = rollup_setting('grains') %}
with history as (
    select min(date_day) - 1 as day_before
    from {{ ref('dim_dates') }}
),

period_days as (
    {%- for grain in grains %}
    {%- set calendar_grain = 'month' if grain == 'r12m' else grain %}
    {%- set calendar_day = 'date_day' if grain == 'day' else calendar_grain ~ '_start' %}
    {#- A window of twelve months has the index of its last month, and starts twelve before it. #}
    {%- set later = 0 if at == 'end' else 12 if grain == 'r12m' else 1 %}
    select
        '{{ grain }}' as period_grain,
        dates.date_day,
        periods.period_index,
        {{ later }} as later
    from {{ ref('dim_dates') }} as dates
    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain = '{{ calendar_grain }}'
            and dates.{{ calendar_day }} = periods.period_start
    union all
    -- Whatever began before the history, or ended there.
    select
        '{{ grain }}' as period_grain,
        day_before as date_day,
        0 as period_index,
        {{ later }} as later
    from history
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if not execute %}
    select null as no_grain
    {%- endif %}
),

-- The days to look up are columns: where a join compared a formula over two relations, DuckDB sometimes
-- joined every row with every day, and filtered.
held as (
    select
        {{ relation }}.*,
        greatest({{ relation }}.valid_from, history.day_before) as held_from,
        greatest({{ relation }}.valid_to, history.day_before) as held_to
    from {{ relation }}
    cross join history
)

select
    {{ columns_except(['held_from', 'held_to'], 'held') }},
    first_days.period_grain,
    first_days.period_index + first_days.later as from_index,
    coalesce(last_days.period_index - 1, 999999) + first_days.later as to_index
from held
inner join period_days as first_days
    on held.held_from = first_days.date_day
left join period_days as last_days
    on
        held.held_to = last_days.date_day
        and first_days.period_grain = last_days.period_grain
where last_days.period_index is null or last_days.period_index > first_days.period_index
{% endmacro %}
