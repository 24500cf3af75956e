{#- What units do, in the periods in which they count, and in each member in which they count: so a
    buyer is one of the visitors of each channel that brought them, and no rate passes 1.

    units: spells of those who count, by member (unit_counts). acts: relations with spells of the same
    units, in total, or by a dimension of their own that units do not have; name of each to its
    measures. Result: rows for kpi_rollup, `is_by_member`. -#}
{% macro acting_units(units, acts, unit) -%}
select
    units.{{ unit }},
    {%- for measure in acts.values() | sum(start=[]) %}
    acts.{{ measure }},
    {%- endfor %}
    case when acts.dimension = 'total' then units.dimension else acts.dimension end as dimension,
    case when acts.dimension = 'total' then units.dimension_value else acts.dimension_value end
        as dimension_value,
    units.period_grain,
    greatest(units.from_index, acts.from_index) as from_index,
    least(units.to_index, acts.to_index) as to_index
from {{ units }} as units
inner join (
    {{ stacked_spells(acts, unit ~ ', dimension, dimension_value') | indent(4) }}
) as acts
    on
        units.{{ unit }} = acts.{{ unit }}
        and units.period_grain = acts.period_grain
        and units.from_index <= acts.to_index
        and units.to_index >= acts.from_index
        and (units.dimension = 'total' or acts.dimension = 'total')
{%- endmacro %}
