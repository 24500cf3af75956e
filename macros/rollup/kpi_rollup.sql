{#- Facts into the KPI shape: one row per period_grain, period_start, dimension, dimension_value.

    inputs: a list of
      relation    name of a CTE; it begins with the ids of its rows
      kind        `events`: rows with an event_date, summed into every period that holds it;
                  `spells`: rows with period_grain, from_index and to_index (dim_periods), counted
                  in each period from the first to the last. Distinct counts are spells: a unit
                  gives one row per period it counts in (see unit_period_spells). Cohorts are
                  events dated by their anchor.
      measures    numeric columns; the result holds their sums
      dimensions  those that the relation has columns for; by default all of the KPI
      conversion  column with the id of an order: dimensions whose path is `credit` then take the
                  members, and the share, of the order's attribution credits; an order
                  without credits is `(unattributed)`

      is_by_member  true if the relation's rows already belong to one member each, in the columns
                  dimension and dimension_value
      members     name of the CTE of the member_sets that the relation's rows name: units that count
                  once in the total and once in each member they have (see unit_periods)
      has_total   false if the rows count in members only, which `dimensions` then names

    Grains and dimensions come from the YAML of the model, or from the variables rollup_grains and
    rollup_dimensions. A null member means that the row takes no part in that dimension.

    Columns: period_grain, period_start, period_end, dimension, dimension_value, the measures (0
    where nothing happened, null where the part's `needs` were not delivered), is_complete_period,
    as_of. Every period exists for every member of a dense dimension, and for the total.

    Of a KPI that keeps its sums (macros/incremental/sum_what_changed.sql) the SQL is read twice: up to
    the comment `end of sums`, to bring them up to date, and whole, with the sums that are held.

    Two comments of the compiled SQL frame the step that makes cells of rows, and name the relations
    whose rows those are: scripts/explain takes the rows of one cell in its place. -#}
{% macro kpi_rollup(inputs) %}
    {%- set grains = rollup_setting('grains') -%}
    {%- set dimensions = rollup_setting('dimensions') -%}
    {%- set measures = inputs | map(attribute='measures') | sum(start=[]) | unique | list -%}
    {%- set parts = [] -%}
    {%- set summed = [] -%}
    {%- set evidence = [] -%}
    {%- set is_held = keeps_sums() and not makes_sums() -%}
    {%- set row_count = 'count(*)' if makes_sums() -%}

with periods as (
    select period_grain, period_index, period_start, period_end, is_complete_period
    from {{ ref('dim_periods') }}
    where period_grain in ('{{ grains | join("', '") }}')
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

{% for input in inputs
    if input.get('has_total', true) or input.dimensions | select('in', dimensions) | list -%}
{%- set number = loop.index -%}
{%- set own = [] -%}
{%- set credited = [] -%}
{%- set has_total = input.get('has_total', true) -%}
{%- for name, dimension in dimensions.items() if name in input.get('dimensions', dimensions) -%}
    {%- do (credited if input.conversion and dimension.path == 'credit' else own).append(name) -%}
{%- endfor -%}
{%- set axis = ['event_date'] if input.kind == 'events'
    else ['period_grain', 'from_index', 'to_index'] -%}
{%- set relations = ['members_' ~ number] -%}
{%- set described = {
    'kind': input.kind, 'measures': input.measures, 'members': input.get('members'),
    'is_by_member': input.is_by_member or false,
} -%}
{%- do evidence.append(dict(
    described, relation=input.relation, dimensions=own, has_total=has_total
)) -%}

{% if is_held -%}
members_{{ number }} as (
    {{ held_sums('members_' ~ number, axis, input.measures) | indent(4) }}
),

{% elif input.members -%}
-- Summed by set first: there are few sets, and each has several members.
set_sums_{{ number }} as (
    select
        {{ axis | join(', ') }},
        member_set,
        {{ sums_of(input.measures, row_count) | indent(8) }}
    from {{ input.relation }}
    group by {{ axis | join(', ') }}, member_set
),

set_members_{{ number }} as (
    select
        set_sums.*,
        {{ columns_except(['member_set'], 'members') }}
    from set_sums_{{ number }} as set_sums
    inner join {{ input.members }} as members
        on set_sums.member_set = members.member_set
),

members_{{ number }} as (
    {{ rollup_members(
        'set_members_' ~ number, axis, (['total'] if has_total else []) + own, input.measures,
        with_total=false, row_count='sum(row_count)' if row_count
    ) | indent(4) }}
),

{% else -%}
members_{{ number }} as (
    {% if input.is_by_member -%}
    select
        {{ axis | join(', ') }},
        dimension,
        dimension_value,
        {{ sums_of(input.measures, row_count) | indent(8) }}
    from {{ input.relation }}
    group by {{ axis | join(', ') }}, dimension, dimension_value
    {%- else -%}
    {{ rollup_members(
        input.relation, axis, own, input.measures, input.conversion, has_total, row_count
    ) | indent(4) }}
    {%- endif %}
),

{% endif -%}
{% if input.conversion and (credited or not execute) -%}
{%- do relations.append('credited_members_' ~ number) -%}
{%- do evidence.append(dict(
    described, relation='credited_' ~ number, dimensions=credited, has_total=false
)) -%}
credited_{{ number }} as (
    {{ credited_rows(input.relation, input.conversion, credited, input.measures) | indent(4) }}
),

credited_members_{{ number }} as (
    {% if is_held -%}
    {{ held_sums('credited_members_' ~ number, axis, input.measures) | indent(4) }}
    {%- else -%}
    {{ rollup_members(
        'credited_' ~ number, axis, credited, input.measures, 'shares', with_total=false,
        row_count=row_count
    ) | indent(4) }}
    {%- endif %}
),

{% endif -%}
{%- for relation in relations -%}
{%- do parts.append([relation ~ '_cells', input.measures]) -%}
{%- do summed.append([relation, axis, input.measures]) -%}
{{ relation }}_cells as (
    {{ rollup_events(relation, grains, input.measures, input.conversion) | indent(4)
        if input.kind == 'events' else rollup_spells(relation, input.measures) | indent(4) }}
),

{% endfor -%}
{%- endfor -%}

{%- if makes_sums() -%}
sums as (
    {{ stacked_sums(summed, measures) | indent(4) }}
)

select * from sums
/* end of sums */,
{% endif -%}

cells as (
    select
        period_grain,
        period_index,
        dimension,
        dimension_value,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        {%- for relation, own_measures in parts %}
        select
            period_grain,
            period_index,
            dimension,
            dimension_value,
            {%- for measure in measures %}
            {{ measure if measure in own_measures else 'null as ' ~ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as unioned_cells
    group by period_grain, period_index, dimension, dimension_value
),

dense_members as (
    select 'total' as dimension, 'all' as dimension_value
    union all
    select distinct dimension, dimension_value
    from cells
    where dimension not in ('total', '{{ sparse_dimensions(dimensions) | join("', '") }}')
),

frame as (
    select periods.*, dense_members.dimension, dense_members.dimension_value
    from periods
    cross join dense_members
    {%- if sparse_dimensions(dimensions) %}
    union all
    select periods.*, cells.dimension, cells.dimension_value
    from cells
    inner join periods
        on
            cells.period_grain = periods.period_grain
            and cells.period_index = periods.period_index
    where cells.dimension in ('{{ sparse_dimensions(dimensions) | join("', '") }}')
    {%- endif %}
)

/* cells of {{ tojson(evidence) }} */
select
    frame.period_grain,
    frame.period_start,
    frame.period_end,
    frame.dimension,
    frame.dimension_value,
    {%- for measure in measures %}
    {{ when_delivered(measure, 'coalesce(cells.' ~ measure ~ ', 0)') }} as {{ measure }},
    {%- endfor %}
    frame.is_complete_period,
    clock.as_of
from frame
cross join clock
left join cells
    on
        frame.period_grain = cells.period_grain
        and frame.period_index = cells.period_index
        and frame.dimension = cells.dimension
        and frame.dimension_value = cells.dimension_value
/* end of cells */
{% endmacro %}
