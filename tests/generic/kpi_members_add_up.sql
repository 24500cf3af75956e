{#- Parts whose members do not meet the total of their period, at tolerance 0: additive parts add
    up to it exactly; distinct ones, and counts by a dimension in `distinct_by`, add up to at least
    it, and no member exceeds it. Money by such a dimension may do neither: more may be given back
    than an order was worth. A dimension in which a part is null throughout has no member to add
    up. -#}
{% test kpi_members_add_up(model) %}
{%- set meta = kpi_meta(tested_model_name(model)) %}
{%- set checked = [] %}
{%- for name, part in meta.parts.items() if part.get('over_members') in ('additive', 'distinct') %}
    {%- do checked.append(name) %}
{%- endfor %}

with members as (
    select
        period_grain,
        period_start,
        dimension,
        {%- for name in checked %}
        sum({{ name }}) as sum_of_{{ name }},
        max({{ name }}) as max_of_{{ name }},
        {%- endfor %}
        count(*) as members
    from {{ model }}
    where dimension != 'total'
    group by period_grain, period_start, dimension
),

totals as (
    select *
    from {{ model }}
    where dimension = 'total'
)

{% for name in checked -%}
{%- set skipped = meta.parts[name].get('not_by', []) -%}
select
    members.period_grain,
    members.period_start,
    members.dimension,
    '{{ name }}' as part,
    members.sum_of_{{ name }} as members_add_up_to,
    totals.{{ name }} as total
from members
inner join totals
    on
        members.period_grain = totals.period_grain
        and members.period_start = totals.period_start
where
    {%- if skipped %}
    members.dimension not in ('{{ skipped | join("', '") }}') and
    {%- endif %}
    {%- if meta.parts[name].over_members == 'additive' %}
    members.sum_of_{{ name }} != totals.{{ name }}
    {%- if meta.parts[name].distinct_by %}
    and not (
        members.dimension in ('{{ meta.parts[name].distinct_by | join("', '") }}')
        {%- if meta.parts[name].unit == 'count' %}
        and members.sum_of_{{ name }} >= totals.{{ name }}
        and members.max_of_{{ name }} <= totals.{{ name }}
        {%- endif %}
    )
    {%- endif %}
    {%- else %}
    (
        members.sum_of_{{ name }} < totals.{{ name }}
        or members.max_of_{{ name }} > totals.{{ name }}
    )
    {%- endif %}
{% if not loop.last %}union all
{% endif -%}
{% else -%}
select 1 as no_part_to_check where false
{%- endfor %}
{% endtest %}
