{#- Percentiles of dated rows in the KPI shape: period_grain, period_start, dimension,
    dimension_value and a column per percentile, interpolated between neighbours
    and rounded to 8 places. Percentiles don't add up, so each period reads its own rows.

    relation: a CTE with event_date, the dimensions and the column; percentiles: name to fraction;
    with_total: false leaves out the total. A null member takes no part in that dimension. -#}
{% macro rollup_percentiles(relation, dimensions, column, percentiles, with_total=true) -%}
select
    periods.period_grain,
    periods.period_start,
    {%- if dimensions %}
    case
        {%- for name in dimensions %}
        when grouping(rows_of.{{ name }}) = 0 then '{{ name }}'
        {%- endfor %}
        else 'total'
    end as dimension,
    case
        {%- for name in dimensions %}
        when grouping(rows_of.{{ name }}) = 0 then cast(rows_of.{{ name }} as varchar)
        {%- endfor %}
        else 'all'
    end as dimension_value,
    {%- else %}
    'total' as dimension,
    'all' as dimension_value,
    {%- endif %}
    {%- for name, fraction in percentiles.items() %}
    round(
        percentile_cont({{ fraction }}) within group (order by cast(rows_of.{{ column }} as double)),
        8
    ) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }} as rows_of
inner join {{ ref('dim_periods') }} as periods
    on
        rows_of.event_date >= periods.period_start
        and rows_of.event_date < periods.period_end
        and periods.period_grain in ('{{ rollup_setting("grains") | join("', '") }}')
group by grouping sets (
    {%- if with_total or not dimensions %}
    (periods.period_grain, periods.period_start){{ ',' if dimensions }}
    {%- endif %}
    {%- for name in dimensions %}
    (periods.period_grain, periods.period_start, rows_of.{{ name }}){{ ',' if not loop.last }}
    {%- endfor %}
)
having dimension_value is not null
{%- endmacro %}
