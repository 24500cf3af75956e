{#- Which members the rows of a relation have, so that a unit is summed once for all members that it
    keeps, and not once for each.

    One row per set: `member_set` (its number), `total` and the dimensions, with the member that a
    row of the set counts in; null where it counts in none. There is a set for each combination in
    the relation, one for each member by itself, and one for the total by itself. -#}
{% macro member_sets(relation, dimensions) %}
{%- set columns = ['total'] + dimensions -%}
with combinations as (
    select distinct
        {{ (["'all' as total"] + dimensions) | join(',\n        ') }}
    from {{ relation }}
),

sets as (
    select * from combinations
    {%- for alone in columns %}
    union
    select
        {%- for name in columns %}
        {{ name if name == alone else 'null as ' ~ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from combinations
    where {{ alone }} is not null
    {%- endfor %}
)

select
    {{ columns | join(', ') }},
    cast(row_number() over (order by {{ columns | join(', ') }}) as integer) as member_set
from sets
{% endmacro %}
