{#- Rows of unit_periods as distinct counts on the axis of periods (see kpi_rollup): a unit counts 1
    in each period, and in each window of r12m, in which it has more than 0 of something.

    unit: the columns of a unit, with member_set if it counts by member; counts: name of each count to
    what must be above 0, a column or a sum of columns. -#}
{% macro unit_counts(relation, unit, counts) -%}
    {%- set grains = rollup_setting('grains') -%}
    {%- if grains != ['r12m'] or not execute -%}
select
    {{ unit }},
    period_grain,
    period_index as from_index,
    period_index as to_index,
    {%- for name, column in counts.items() %}
    case when {{ column }} > 0 then 1 else 0 end as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
where period_grain != 'r12m'
    {%- endif %}
    {%- for name, column in counts.items() if 'r12m' in grains %}
{{ 'union all' if grains != ['r12m'] or not loop.first }}
select
    {{ unit }},
    period_grain,
    period_index as from_index,
    {{ until_next_month(unit) | indent(4) }} as to_index,
    {%- for other in counts %}
    {{ 1 if other == name else 0 }} as {{ other }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
where period_grain = 'r12m' and {{ column }} > 0
    {%- endfor %}
{%- endmacro %}

{#- Spells of one unit from several relations, one under the other: each has its own measures, and 0
    for those of the others. relations: name of each to its measures. -#}
{% macro stacked_spells(relations, key) -%}
{%- set measures = relations.values() | sum(start=[]) -%}
{%- for relation, own in relations.items() %}
select
    {{ key }},
    period_grain,
    from_index,
    to_index,
    {%- for measure in measures %}
    {{ measure if measure in own else '0 as ' ~ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
