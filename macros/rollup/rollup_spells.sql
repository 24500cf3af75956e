{#- Cells that hold from one period to another into a cell for each of these periods. The rows are
    summed before they are spread, so no unit is copied. -#}
{% macro rollup_spells(relation, measures) -%}
select
    period_grain,
    period_index,
    dimension,
    dimension_value,
    {%- for measure in measures %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from (
    {{ spread_over_periods(
        relation, 'periods', ['dimension', 'dimension_value'] + measures
    ) | indent(4) }}
) as spread
group by period_grain, period_index, dimension, dimension_value
{%- endmacro %}
