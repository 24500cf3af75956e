{#- Dated rows of units summed by unit, period and member, in as few rows as that takes.

    A unit whose rows of a period all have the same members has one row, with the set of them. Any
    other has a row for the total and for each of its members, each a set by itself (member_sets).
    Few units change, so that most are summed once and not once for each dimension.

    relation: a CTE with the unit, `event_date`, the dimensions, `counts` (whole numbers, whose sums
    stay short) and `amounts`; members: the CTE of its member_sets. Without one the rows are sums of
    the unit in total.

    Columns: the unit, `member_set`, `period_grain`, `period_index` and the sums. Grains are those
    of the KPI, if no others are named. In r12m the periods are months, and a set is kept in all
    months or in none: a window then adds up the rows of one set. -#}
{% macro unit_periods(
    relation, unit, dimensions, counts, members=none, amounts=[], grains=none
) %}
    {%- set measures = counts + amounts -%}
    {%- set starts = {
        'day': 'date_day', 'week': 'week_start', 'month': 'month_start',
        'quarter': 'quarter_start', 'year': 'year_start', 'r12m': 'month_start',
    } -%}
    {#- Named here, since the grains are only known when dbt no longer collects what is read. -#}
    {%- set _ = [ref('dim_dates'), ref('dim_periods')] -%}
    {%- set columns = unit.split(', ') -%}
    {%- set grains = rollup_setting('grains') if grains is none else grains -%}
    {%- set asked = [] -%}
    {%- for grain in grains -%}
        {%- do asked.append(starts[grain]) -%}
    {%- endfor -%}
with dated as (
    select
        {%- for column in columns + measures %}
        units.{{ column }},
        {%- endfor %}
        {{ 'members.member_set,' if members }}
        {%- for start in asked | unique %}
        dates.{{ start }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as units
    inner join {{ ref('dim_dates') }} as dates
        on units.event_date = dates.date_day
    {%- if members %}
    inner join {{ members }} as members
        on
            members.total is not null
            {%- for name in dimensions %}
            and units.{{ name }} is not distinct from members.{{ name }}
            {%- endfor %}
    {%- endif %}
)

{%- if members -%}
,

-- The members of each set, each a set by itself.
parts as (
    {%- for part in ['total'] + dimensions %}
    select
        whole.member_set as whole_set,
        alone.member_set
    from {{ members }} as whole
    inner join {{ members }} as alone
        on
            whole.{{ part }} = alone.{{ part }}
            {%- for name in ['total'] + dimensions if name != part %}
            and alone.{{ name }} is null
            {%- endfor %}
    where whole.total is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

{%- endif %}

{% for grain in grains -%}
{%- set scope = columns + ([starts[grain]] if grain != 'r12m' else []) -%}
select
    {%- for column in columns %}
    sums.{{ column }},
    {%- endfor %}
    {{ 'sums.member_set,' if members }}
    '{{ grain }}' as period_grain,
    periods.period_index,
    {%- for measure in measures %}
    sums.{{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from (
    select
        {%- for column in columns + [starts[grain]] %}
        dated.{{ column }},
        {%- endfor %}
        {{ 'coalesce(parts.member_set, dated.member_set) as member_set,' if members }}
        {%- for measure in measures %}
        {{ 'cast(sum(dated.' ~ measure ~ ') as bigint)' if measure in counts
            else 'sum(dated.' ~ measure ~ ')' }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if members %}
    from (
        select
            *,
            min(member_set) over scope != max(member_set) over scope as is_parted
        from dated
        window scope as (partition by {{ scope | join(', ') }})
    ) as dated
    left join parts
        on case when dated.is_parted then dated.member_set end = parts.whole_set
    {%- else %}
    from dated
    {%- endif %}
    group by
        {%- for column in columns + [starts[grain]] %}
        dated.{{ column }}{{ ',' if members or not loop.last }}
        {%- endfor %}
        {{ 'coalesce(parts.member_set, dated.member_set)' if members }}
) as sums
inner join {{ ref('dim_periods') }} as periods
    on
        periods.period_grain = '{{ 'month' if grain == 'r12m' else grain }}'
        and sums.{{ starts[grain] }} = periods.period_start
{{ 'union all' if not loop.last }}
{% endfor %}
{% endmacro %}
