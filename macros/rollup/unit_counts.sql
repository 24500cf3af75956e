{#- Rows of unit_periods as distinct counts on the axis of periods (see kpi_rollup): a unit counts 1
    in each period, and in each window of r12m, in which it has more than 0 of something.

    unit: the columns of a unit, with member_set if it counts by member; counts: name of each count to
    what must be above 0, a column or a sum of columns. -#}
{% macro unit_counts(relation, unit, counts) -%}
    {%- set spells = {} -%}
with {% for name, column in counts.items() -%}
{%- do spells.update({name ~ '_spells': [name]}) -%}
{{ name }}_periods as (
    select
        {{ unit }},
        period_grain,
        period_index,
        1 as {{ name }}
    from {{ relation }}
    where {{ column }} > 0
),

{{ name }}_spells as (
    {{ unit_spells(name ~ '_periods', unit, 'once', [name]) | indent(4) }}
){{ ',' if not loop.last }}

{% endfor -%}
{{ stacked_spells(spells, unit) }}
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
