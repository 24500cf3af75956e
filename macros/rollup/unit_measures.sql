{#- What units bring to each period and member that they have rows in, as spells on the axis of periods
    (see kpi_rollup): `counts` of the units that have more than 0 of something (unit_counts), and
    `products`, sums over units of the product of two counts (unit_spells), for intervals.

    relation, unit, dimensions, members as in unit_periods; counts: name of each to a column;
    products: name of each to its pair of columns. Columns: the unit, member_set, period_grain,
    from_index, to_index, the counts and the products.

    Periods of the calendar are read once, so they pass without being kept; months of a rolling year
    meet each other, and are. -#}
{% macro unit_measures(relation, unit, dimensions, members, counts, products) -%}
    {%- set grains = rollup_setting('grains') -%}
    {%- set calendar = grains | reject('equalto', 'r12m') | list -%}
    {%- set columns = (counts.values() | list + products.values() | sum(start=[])) | unique | list -%}
    {%- set key = unit ~ ', member_set' -%}
with {% for name, own in {'calendar_periods': calendar, 'months': ['r12m']}.items()
    if name == 'months' or own -%}
{{ name }} as (
    {{ unit_periods(relation, unit, dimensions, columns, members, grains=own) | indent(4) }}
),

{% endfor -%}
month_counts as (
    {{ unit_counts('months', key, counts) | indent(4) }}
),

month_products as (
    {{ unit_spells('months', key, 'products', products) | indent(4) }}
)

{% if calendar -%}
select
    {{ key }},
    period_grain,
    period_index as from_index,
    period_index as to_index,
    {%- for name, column in counts.items() %}
    case when {{ column }} > 0 then 1 else 0 end as {{ name }},
    {%- endfor %}
    {%- for name, pair in products.items() %}
    {{ pair[0] }} * {{ pair[1] }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from calendar_periods
{%- endif %}
{%- if 'r12m' in grains %}
{{ 'union all' if calendar }}
{{ stacked_spells({'month_counts': counts | list, 'month_products': products | list}, key) }}
{%- endif %}
{%- endmacro %}
