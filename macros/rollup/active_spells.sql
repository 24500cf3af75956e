{#- Dated stretches of units as spells on the axis of periods (see kpi_rollup): the periods at whose
    start, or end, the stretch holds. Held at the start is held on the day before `period_start`, at
    the end on the day before `period_end`, as in active_unit_periods.

    relation: a CTE with active_from, active_to (first day outside) and `columns`; two rows of the
    same columns must not overlap. edge: `start` or `end`. -#}
{% macro active_spells(relation, columns, edge) -%}
select
    {%- for column in columns %}
    stretches.{{ column }},
    {%- endfor %}
    periods.period_grain,
    min(periods.period_index) as from_index,
    max(periods.period_index) as to_index
from {{ relation }} as stretches
inner join {{ ref('dim_periods') }} as periods
    on
        stretches.active_from < periods.period_{{ edge }}
        and stretches.active_to >= periods.period_{{ edge }}
where periods.period_grain in ('{{ rollup_setting("grains") | join("', '") }}')
group by
    {%- for column in columns %}
    stretches.{{ column }},
    {%- endfor %}
    stretches.active_from,
    periods.period_grain
{%- endmacro %}
