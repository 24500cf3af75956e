{#- What units do, in the periods in which they count, and in each member in which they count: so a
    buyer is one of the visitors of each channel that brought them, and no rate passes 1.

    units: spells of those who count (unit_counts). acts: relations with spells of the same units; name
    of each to its measures. members: whose member_set the result has, the one of `units`, or of the
    `acts` if they have the members. -#}
{% macro acting_units(units, acts, unit, members='units') -%}
select
    units.{{ unit }},
    {{ members }}.member_set,
    {%- for measure in acts.values() | sum(start=[]) %}
    acts.{{ measure }},
    {%- endfor %}
    units.period_grain,
    greatest(units.from_index, acts.from_index) as from_index,
    least(units.to_index, acts.to_index) as to_index
from {{ units }} as units
inner join (
    {{ stacked_spells(acts, unit ~ (', member_set' if members == 'acts' else '')) | indent(4) }}
) as acts
    on
        units.{{ unit }} = acts.{{ unit }}
        and units.period_grain = acts.period_grain
        and units.from_index <= acts.to_index
        and units.to_index >= acts.from_index
{%- endmacro %}
