{#- Interpolated quantiles of a column of dated rows, in each period and member that has a value: no
    sums, so kpi_rollup cannot make them. To be left-joined to the rollup on period_grain,
    period_start, dimension and dimension_value.

    relation: a CTE with event_date, the dimensions of the KPI and the columns; a null value takes
    no part. quantiles: name of each result to its column and fraction, ['hours', 0.5]. Grains and
    dimensions as in kpi_rollup; `dimensions` if the relation has only some of them.

    Columns: period_grain, period_start, dimension, dimension_value and the quantiles as doubles.

    An aggregate would hold every value of every cell in memory. Here values are first counted by band
    (value_band); the counts say in which band of a cell the values lie that a quantile is between, and
    only the values of those bands are sorted. -#}
{% macro cell_quantiles(relation, quantiles, dimensions=none) -%}
{%- set names = [] -%}
{%- for name in rollup_setting('dimensions') if dimensions is none or name in dimensions -%}
    {%- do names.append(name) -%}
{%- endfor -%}
{%- set columns = quantiles.values() | map('first') | unique | list -%}
{%- set grains = rollup_setting('grains') -%}
{%- set cell = 'period_grain, period_start, dimension, dimension_value, column_name' -%}
{%- set small_grains = (grains + (['month'] if 'r12m' in grains else []))
    | unique | reject('equalto', 'r12m') | list -%}
{%- set starts = {
    'day': 'date_day', 'week': 'week_start', 'month': 'month_start',
    'quarter': 'quarter_start', 'year': 'year_start',
} -%}
{#- Named here, since the grains are only known when dbt no longer collects what is read. -#}
{%- set _ = [ref('dim_dates'), ref('dim_periods')] -%}
with dated_values as (
    {%- for column in columns %}
    select
        '{{ column }}' as column_name,
        cast(dated.{{ column }} as double) as value,
        {{ value_band('cast(dated.' ~ column ~ ' as double)') }} as band,
        1 as rows_counted,
        {%- for name in names %}
        dated.{{ name }},
        {%- endfor %}
        dates.date_day,
        dates.week_start,
        dates.month_start,
        dates.quarter_start,
        dates.year_start
    from {{ relation }} as dated
    inner join {{ ref('dim_dates') }} as dates
        on dated.event_date = dates.date_day
    where dated.{{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{% for grain in small_grains -%}
{{ grain }}_counts as (
    {{ rollup_members(
        'dated_values', [starts[grain], 'column_name', 'band'], names, ['rows_counted'], false
    ) | indent(4) }}
),

{% endfor -%}

{% if 'r12m' in grains -%}
months_of_windows as (
    select
        windows.period_start as window_start,
        months.period_start as month_start
    from {{ ref('dim_periods') }} as windows
    inner join {{ ref('dim_periods') }} as months
        on
            windows.period_start <= months.period_start
            and windows.period_end > months.period_start
    where windows.period_grain = 'r12m' and months.period_grain = 'month'
),

{% endif -%}

band_counts as (
    {%- for grain in grains %}
    select
        '{{ grain }}' as period_grain,
        {%- if grain == 'r12m' %}
        months_of_windows.window_start as period_start,
        {%- else %}
        counts.{{ starts[grain] }} as period_start,
        {%- endif %}
        counts.dimension,
        counts.dimension_value,
        counts.column_name,
        counts.band,
        cast(sum(counts.rows_counted) as bigint) as rows_counted
    {%- if grain == 'r12m' %}
    from month_counts as counts
    inner join months_of_windows
        on counts.month_start = months_of_windows.month_start
    {%- else %}
    from {{ grain }}_counts as counts
    {%- endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

bands as (
    select
        *,
        cast(sum(rows_counted) over by_band as bigint) - rows_counted as rows_before,
        cast(sum(rows_counted) over by_band as bigint) as rows_up_to,
        cast(sum(rows_counted) over (partition by {{ cell }}) as bigint) as rows_of_cell
    from band_counts
    window by_band as (partition by {{ cell }} order by band)
),

-- The places, counted from 0, of the two values that a quantile is between.
asked as (
    {%- for column, fraction in quantiles.values() %}
    {%- for side in ['floor', 'ceil'] %}
    select {{ cell }}, {{ side }}(cast(rows_of_cell - 1 as double) * {{ fraction }}) as place
    from bands
    where column_name = '{{ column }}'
    union
    {%- endfor %}
    {%- endfor %}
    select {{ cell }}, -1 as place
    from bands
    where false
),

wanted_bands as (
    select
        {%- for column in cell.split(', ') %}
        bands.{{ column }},
        {%- endfor %}
        bands.band,
        bands.rows_before,
        bands.rows_of_cell,
        row_number() over (
            order by bands.{{ cell.replace(', ', ', bands.') }}, bands.band
        ) as band_number
    from bands
    where
        exists (
            select 1
            from asked
            where
                {%- for column in cell.split(', ') %}
                bands.{{ column }} = asked.{{ column }} and
                {%- endfor %}
                bands.rows_before <= asked.place
                and bands.rows_up_to > asked.place
        )
),

member_values as (
    select dated_values.*, 'total' as dimension, 'all' as dimension_value
    from dated_values
    {%- for name in names %}
    union all
    select
        dated_values.*,
        '{{ name }}' as dimension,
        cast({{ name }} as string) as dimension_value
    from dated_values
    where {{ name }} is not null
    {%- endfor %}
),

wanted_values as (
    {%- for grain in grains %}
    select wanted.band_number, member_values.value
    from member_values
    inner join
    {%- if grain == 'r12m' %} (
        select wanted_bands.*, months_of_windows.month_start as small_start
        from wanted_bands
        inner join months_of_windows
            on wanted_bands.period_start = months_of_windows.window_start
        where wanted_bands.period_grain = 'r12m'
    ) as wanted
    {%- else %} (
        select *, period_start as small_start
        from wanted_bands
        where period_grain = '{{ grain }}'
    ) as wanted
    {%- endif %}
        on
            member_values.{{ starts['month' if grain == 'r12m' else grain] }} = wanted.small_start
            and member_values.dimension = wanted.dimension
            and member_values.dimension_value = wanted.dimension_value
            and member_values.column_name = wanted.column_name
            and member_values.band = wanted.band
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

sorted_values as (
    select
        band_number,
        value,
        row_number() over (partition by band_number order by value) as place_in_band
    from wanted_values
),

placed as (
    select
        wanted_bands.*,
        sorted_values.value,
        wanted_bands.rows_before + sorted_values.place_in_band - 1 as place
    from sorted_values
    inner join wanted_bands
        on sorted_values.band_number = wanted_bands.band_number
)

select
    period_grain,
    period_start,
    dimension,
    dimension_value,
    {%- for name, (column, fraction) in quantiles.items() %}
    {%- set place = 'cast(rows_of_cell - 1 as double) * ' ~ fraction %}
    {%- set lower = "max(value) filter (where column_name = '" ~ column ~ "' and place = floor("
        ~ place ~ "))" %}
    -- Between equal values a float would add its own to the tenth place and beyond.
    round(
        {{ lower }}
        + ({{ lower.replace('floor', 'ceil') }} - {{ lower }})
        * max({{ place }} - floor({{ place }})) filter (where column_name = '{{ column }}'), 9
    ) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from placed
group by period_grain, period_start, dimension, dimension_value
{%- endmacro %}

{#- A whole number that grows with a value: sixteen bands for each doubling of it, of a thousandth and
    more. -#}
{% macro value_band(value_sql) -%}
    cast({{ sign_of(value_sql) }} * floor(16 * log2(1 + 1000 * abs({{ value_sql }}))) as integer)
{%- endmacro %}
