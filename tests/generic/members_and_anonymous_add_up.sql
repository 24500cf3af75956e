{#- Periods and dimensions whose members, with what belongs to no member, do not add up to the
    total. A period without any member has nothing but what belongs to none. -#}
{% test members_and_anonymous_add_up(model, part, anonymous_part) %}
with dimensions as (
    select distinct dimension
    from {{ model }}
    where dimension != 'total'
),

members as (
    select period_grain, period_start, dimension, sum({{ part }}) as members_sum
    from {{ model }}
    where dimension != 'total'
    group by period_grain, period_start, dimension
)

select
    totals.period_grain,
    totals.period_start,
    dimensions.dimension,
    totals.{{ part }} as total,
    totals.{{ anonymous_part }} as anonymous,
    members.members_sum
from {{ model }} as totals
cross join dimensions
left join members
    on
        totals.period_grain = members.period_grain
        and totals.period_start = members.period_start
        and dimensions.dimension = members.dimension
where
    totals.dimension = 'total'
    and totals.{{ part }} != coalesce(members.members_sum, 0) + totals.{{ anonymous_part }}
{% endtest %}
