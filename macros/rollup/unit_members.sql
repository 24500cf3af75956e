{#- Sums of the measures by unit in total, and in each member that a unit has: a query, as
    rollup_members, for groups that are as many as the units. One dimension is grouped after the other,
    so that what is ready can leave the memory; grouping sets would hold the units of all dimensions at
    once.

    relation: a CTE with the unit, the dimensions and the measures; a null member means that the row
    takes no part in that dimension. unit: the columns of a unit, separated by commas.

    Columns: those of the unit, dimension, dimension_value and the sums. -#}
{% macro unit_members(relation, unit, dimensions, measures) -%}
{%- for name in ['total'] + dimensions | list %}
select
    {{ unit }},
    '{{ name }}' as dimension,
    {{ "'all'" if name == 'total' else 'cast(' ~ name ~ ' as string)' }} as dimension_value,
    {%- for measure in measures %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
{{ 'where ' ~ name ~ ' is not null' if name != 'total' }}
group by {{ unit }}{{ ', ' ~ name if name != 'total' }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
