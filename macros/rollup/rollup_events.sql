{#- Cells by day into cells by period: each grain by its column of dim_dates, r12m from months.
    Credited measures are added up as exact shares and kept to four places. -#}
{% macro rollup_events(relation, grains, measures, is_credited=false) -%}
{%- set starts = {
    'day': 'date_day', 'week': 'week_start', 'month': 'month_start',
    'quarter': 'quarter_start', 'year': 'year_start',
} -%}
with dated as (
    select dates.*, {{ columns_except(['event_date'], 'days') }}
    from {{ relation }} as days
    inner join {{ ref('dim_dates') }} as dates
        on days.event_date = dates.date_day
),

by_start as (
    {%- for grain in (grains + ['month'] if 'r12m' in grains else grains) | unique
        if grain != 'r12m' %}
    select
        '{{ grain }}' as period_grain,
        {{ starts[grain] }} as period_start,
        dimension,
        dimension_value,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated
    group by {{ starts[grain] }}, dimension, dimension_value
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

{% set grouped = [
    "by_start.period_grain = periods.period_grain
        and by_start.period_start = periods.period_start",
    "periods.period_grain = 'r12m'
        and by_start.period_grain = 'month'
        and by_start.period_start >= periods.period_start
        and by_start.period_start < periods.period_end",
] -%}
{% for condition in grouped -%}
select
    periods.period_grain,
    periods.period_index,
    by_start.dimension,
    by_start.dimension_value,
    {%- for measure in measures %}
    {%- if is_credited %}
    cast(sum(by_start.{{ measure }}) as decimal(38, 4)) as {{ measure }}{{ ',' if not loop.last }}
    {%- else %}
    sum(by_start.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}
from by_start
inner join periods
    on
        {{ condition }}
group by periods.period_grain, periods.period_index, by_start.dimension, by_start.dimension_value
{% if not loop.last %}
union all
{% endif -%}
{% endfor -%}
{%- endmacro %}
