{#- Rows that hold on the days of [valid_from, valid_to) as spells on the axis of periods (see
    kpi_rollup): a row counts in each period on whose last day it holds, in a running period on the
    day of `as_of`. The result has the columns of the relation, period_grain, from_index, to_index.

    relation: a CTE with valid_from and valid_to, `9999-12-31` while the row holds.
    Not for days.
    at: `end`, or `start`, where a row counts in the periods before whose first day it held. -#}
{% macro period_end_spells(relation, at='end') %}
    {%- set grains = rollup_setting('grains') %}
with period_days as (
    {%- for grain in grains %}
    {%- set calendar_grain = 'month' if grain == 'r12m' else grain %}
    -- A window of twelve months has the index of its last month, and starts twelve before it.
    select
        '{{ grain }}' as period_grain,
        dates.date_day,
        periods.period_index,
        {{ 0 if at == 'end' else 12 if grain == 'r12m' else 1 }} as later
    from {{ ref('dim_dates') }} as dates
    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain = '{{ calendar_grain }}'
            and dates.{{ calendar_grain }}_start = periods.period_start
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if not execute %}
    select null as no_grain
    {%- endif %}
)

select
    {{ relation }}.*,
    first_days.period_grain,
    first_days.period_index + first_days.later as from_index,
    coalesce(last_days.period_index - 1, 999999) + first_days.later as to_index
from {{ relation }}
inner join period_days as first_days
    on {{ relation }}.valid_from = first_days.date_day
left join period_days as last_days
    on
        {{ relation }}.valid_to = last_days.date_day
        and first_days.period_grain = last_days.period_grain
{% endmacro %}
