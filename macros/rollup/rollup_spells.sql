{#- Cells that hold from one period to another into a cell for each of these periods. The rows are
    summed before they are spread, so no unit is copied. -#}
{% macro rollup_spells(relation, measures) -%}
select
    periods.period_grain,
    periods.period_index,
    spells.dimension,
    spells.dimension_value,
    {%- for measure in measures %}
    sum(spells.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }} as spells
inner join periods
    on
        spells.period_grain = periods.period_grain
        and periods.period_index between spells.from_index and spells.to_index
group by periods.period_grain, periods.period_index, spells.dimension, spells.dimension_value
{%- endmacro %}
