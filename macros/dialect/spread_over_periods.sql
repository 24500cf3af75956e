{#- Rows that hold from one period to another as a row for each of these periods: a query of period_grain,
    period_index and the columns that are named.

    relation: has period_grain, from_index and to_index; periods: has period_grain and period_index, which
    count on without a gap. No row for what lies outside them, or if either index is null.

    Spark would try a row with every period of its grain, and so counts from the first to the last; DuckDB
    tries faster than it copies. -#}
{% macro spread_over_periods(relation, periods, columns) -%}
{%- if target.type == 'spark' -%}
{%- set first = 'greatest(spells.from_index, bounds.first_index)' -%}
{%- set last = 'least(spells.to_index, bounds.last_index)' -%}
select
    spells.period_grain,
    explode(case
        when spells.from_index is not null and spells.to_index is not null and {{ first }} <= {{ last }}
            then sequence(cast({{ first }} as bigint), cast({{ last }} as bigint))
    end) as period_index,
    spells.{{ columns | join(', spells.') }}
from {{ relation }} as spells
inner join (
    select
        period_grain,
        min(period_index) as first_index,
        max(period_index) as last_index
    from {{ periods }}
    group by period_grain
) as bounds
    on spells.period_grain = bounds.period_grain
{%- else -%}
select
    periods.period_grain,
    periods.period_index,
    spells.{{ columns | join(', spells.') }}
from {{ relation }} as spells
inner join {{ periods }} as periods
    on
        spells.period_grain = periods.period_grain
        and periods.period_index between spells.from_index and spells.to_index
{%- endif -%}
{%- endmacro %}
