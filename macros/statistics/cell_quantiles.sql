{#- Interpolated quantiles of a column of dated rows, in each period and member that has a value: no
    sums, so kpi_rollup cannot make them. To be left-joined to the rollup on period_grain,
    period_start, dimension and dimension_value.

    relation: a CTE with event_date, the dimensions of the KPI and the columns; a null value takes
    no part. quantiles: name of each result to its column and fraction, ['hours', 0.5]. Grains and
    dimensions as in kpi_rollup; `dimensions` if the relation has only some of them.

    Columns: period_grain, period_start, dimension, dimension_value and the quantiles as doubles. -#}
{% macro cell_quantiles(relation, quantiles, dimensions=none) -%}
{%- set names = [] -%}
{%- for name in rollup_setting('dimensions') if dimensions is none or name in dimensions -%}
    {%- do names.append(name) -%}
{%- endfor -%}
select
    periods.period_grain,
    periods.period_start,
    {%- if names %}
    case
        {%- for name in names %}
        when grouping(dated.{{ name }}) = 0 then '{{ name }}'
        {%- endfor %}
        else 'total'
    end as dimension,
    case
        {%- for name in names %}
        when grouping(dated.{{ name }}) = 0 then cast(dated.{{ name }} as varchar)
        {%- endfor %}
        else 'all'
    end as dimension_value,
    {%- else %}
    'total' as dimension,
    'all' as dimension_value,
    {%- endif %}
    {%- for name, settings in quantiles.items() %}
    -- Between equal values a float would add its own to the tenth place and beyond.
    round(
        percentile_cont({{ settings[1] }})
        within group (order by cast(dated.{{ settings[0] }} as double)), 9
    ) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }} as dated
inner join (
    {{ period_days() | indent(4) }}
) as periods
    on dated.event_date = periods.date_day
where
    coalesce(
        {%- for column in quantiles.values() | map('first') | unique %}
        cast(dated.{{ column }} as double),
        {%- endfor %}
        null
    ) is not null
group by grouping sets (
    (periods.period_grain, periods.period_start){{ ',' if names }}
    {%- for name in names %}
    (periods.period_grain, periods.period_start, dated.{{ name }}){{ ',' if not loop.last }}
    {%- endfor %}
)
having dimension_value is not null
{%- endmacro %}
