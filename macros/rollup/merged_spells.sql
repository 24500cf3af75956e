{#- Spells of units that may overlap (one visitor on several lists), as spells that do not, so that a
    unit counts once. relation: rows with the unit, period_grain, from_index, to_index; measure: name of
    the 1 that each result row holds. -#}
{% macro merged_spells(relation, unit, measure) -%}
with marked as (
    select
        {{ unit }},
        period_grain,
        from_index,
        to_index,
        from_index <= max(to_index) over (
            partition by {{ unit }}, period_grain
            order by from_index, to_index
            rows between unbounded preceding and 1 preceding
        ) as goes_on
    from {{ relation }}
),

numbered as (
    select
        *,
        count(*) filter (where not coalesce(goes_on, false)) over (
            partition by {{ unit }}, period_grain
            order by from_index, to_index
            rows between unbounded preceding and current row
        ) as spell_number
    from marked
)

select
    {{ unit }},
    period_grain,
    min(from_index) as from_index,
    max(to_index) as to_index,
    1 as {{ measure }}
from numbered
group by {{ unit }}, period_grain, spell_number
{%- endmacro %}
