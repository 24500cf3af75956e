{#- Rows of unit_periods as spells on the axis of periods (see kpi_rollup), with from_index and
    to_index. Calendar grains stand for themselves; in r12m a row of month m stands for windows
    that end from m on, so that no row is copied for each window that holds it:

      once      the unit counts once a window: until its next active month takes over
      sums      measures are added up over the window: all twelve windows that hold the month
      products  sums of products of two measures over units: each pair of months in all windows that
                hold both; `measures` is then a mapping of name to the pair

    unit: the columns of a unit, with member_set if it counts by member. The result holds them and
    the measures. -#}
{% macro unit_spells(relation, unit, kind, measures) %}
    {%- set grains = rollup_setting('grains') -%}
    {%- set calendar = grains | reject('equalto', 'r12m') | list -%}
    {%- set columns = [] -%}
    {%- for name in measures -%}
        {%- do columns.append(
            measures[name][0] ~ ' * ' ~ measures[name][1] ~ ' as ' ~ name
            if kind == 'products' else name
        ) -%}
    {%- endfor -%}
    {%- if calendar or not execute -%}
select
    {{ unit }},
    period_grain,
    period_index as from_index,
    period_index as to_index,
    {{ columns | join(',\n    ') }}
from {{ relation }}
where period_grain != 'r12m'
    {%- endif %}
    {% if 'r12m' in grains -%}
{{ 'union all' if calendar }}
    {%- if kind == 'products' %}
select
    {% for column in unit.split(', ') -%}
    later.{{ column }},
    {% endfor -%}
    'r12m' as period_grain,
    later.period_index as from_index,
    earlier.period_index + 11 as to_index,
    {%- for name, pair in measures.items() %}
    case
        when earlier.period_index = later.period_index then later.{{ pair[0] }} * later.{{ pair[1] }}
        else
            earlier.{{ pair[0] }} * later.{{ pair[1] }} + later.{{ pair[0] }} * earlier.{{ pair[1] }}
    end as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }} as later
inner join {{ relation }} as earlier
    on
        {%- for column in unit.split(', ') %}
        later.{{ column }} = earlier.{{ column }} and
        {%- endfor %}
        earlier.period_index between later.period_index - 11 and later.period_index
where later.period_grain = 'r12m' and earlier.period_grain = 'r12m'
    {%- else %}
select
    {{ unit }},
    'r12m' as period_grain,
    period_index as from_index,
    {%- if kind == 'once' %}
    {{ until_next_month(unit) | indent(4) }} as to_index,
    {%- else %}
    period_index + 11 as to_index,
    {%- endif %}
    {{ columns | join(',\n    ') }}
from {{ relation }}
where period_grain = 'r12m'
    {%- endif %}
    {%- endif %}
{% endmacro %}

{#- The last window of r12m that holds a month of a unit and none of its later ones. -#}
{% macro until_next_month(unit) -%}
least(
    period_index + 11,
    coalesce(
        lead(period_index) over (partition by {{ unit }} order by period_index) - 1,
        period_index + 11
    )
)
{%- endmacro %}
