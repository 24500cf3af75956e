{#- The days on which a unit has at least one of its rows, in total and in each member: rows of a
    unit may overlap, the result does not. For counts of units at a moment, which do not add up over
    members (see kpi_rollup, is_by_member).

    relation: a CTE with the unit, valid_from, valid_to (`9999-12-31` while it holds) and the
    dimensions; measure: name of a column of ones. Columns: the unit, dimension, dimension_value,
    valid_from, valid_to and the measure. -#}
{% macro unit_member_spells(relation, unit, dimensions, measure) %}
with edges as (
    {%- for edge, step in {'valid_from': 1, 'valid_to': -1}.items() %}
    select
        {{ ([unit] + dimensions) | join(', ') }},
        {{ edge }} as edge_date,
        {{ step }} as step
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

member_edges as (
    {{ unit_members('edges', unit ~ ', edge_date', dimensions, ['step']) | indent(4) }}
)

select
    {{ unit }},
    dimension,
    dimension_value,
    edge_date as valid_from,
    lead(edge_date) over by_day as valid_to,
    1 as {{ measure }}
from member_edges
window by_day as (partition by {{ unit }}, dimension, dimension_value order by edge_date)
qualify sum(step) over by_day > 0
{% endmacro %}
