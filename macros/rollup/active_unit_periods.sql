{#- Spells of units (accounts, subscriptions, addresses of a list) read at the start and end of
    every period but days: one row per unit and period in which the unit is active at the start, at
    the end, or on some day between. Active at the start is active on the day before `period_start`,
    at the end on the day before `period_end`; by unit, start + new + reactivated - lost = end.

    relation: a CTE with the unit, spell_number (from 1, in the order of time, once a unit),
    active_from, active_to (first day outside, `9999-12-31` while it runs), is_voluntary and
    cancel_reason of the spell's end.
    unit: the columns of a unit, separated by commas; none is null. A model that replaces units
    names them and the period in `unique_key`.

    Columns: the unit, period_grain, period_index, period_start, period_end, first_active_date,
    is_active_at_start, is_active_at_end, is_lost, is_new, is_reactivated, is_retained,
    churn_events, reactivation_events, is_lost_voluntary, is_lost_involuntary, member_date (the day
    on which members are read: the period's start, or the first active day of a unit that was not
    active then), cancel_reason (of lost units, `(unknown)` if none). -#}
{% macro active_unit_periods(relation, unit) %}
with unit_spells as (
    select
        *,
        min(active_from) over (partition by {{ unit }}) as first_active_date
    from {{ relation }}
),

-- Spells that reach into a period, and those that were lost on its first day: such a unit was
-- active on the day before.
states as (
    select
        unit_spells.{{ unit.split(', ') | join(', unit_spells.') }},
        periods.period_grain,
        periods.period_index,
        periods.period_start,
        periods.period_end,
        unit_spells.first_active_date,
        bool_or(unit_spells.active_from < periods.period_start) as is_active_at_start,
        bool_or(unit_spells.active_to >= periods.period_end) as is_active_at_end,
        count(*) filter (where unit_spells.active_to < periods.period_end) as churn_events,
        count(*) filter (
            where unit_spells.spell_number > 1 and unit_spells.active_from >= periods.period_start
        ) as reactivation_events,
        min(unit_spells.active_from) filter (
            where unit_spells.active_from >= periods.period_start
        ) as first_start_in_period,
        max(unit_spells.spell_number) as last_spell_number
    from unit_spells
    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain != 'day'
            and unit_spells.active_from < periods.period_end
            and unit_spells.active_to >= periods.period_start
    {{ join_changed_units('unit_spells', {'period_grain': 'periods', 'period_index': 'periods'}) }}
    group by all
),

-- How a unit was lost is said by the end of its last spell.
moved as (
    select
        states.*,
        states.is_active_at_start and not states.is_active_at_end as is_lost,
        states.is_active_at_end and not states.is_active_at_start as is_gained,
        last_spells.is_voluntary,
        last_spells.cancel_reason
    from states
    inner join {{ relation }} as last_spells
        on
            {%- for column in unit.split(', ') %}
            states.{{ column }} = last_spells.{{ column }} and
            {%- endfor %}
            states.last_spell_number = last_spells.spell_number
)

select
    {{ unit }},
    period_grain,
    period_index,
    period_start,
    period_end,
    first_active_date,
    is_active_at_start,
    is_active_at_end,
    is_lost,
    is_gained and first_active_date >= period_start as is_new,
    is_gained and first_active_date < period_start as is_reactivated,
    is_active_at_start and is_active_at_end as is_retained,
    cast(churn_events as integer) as churn_events,
    cast(reactivation_events as integer) as reactivation_events,
    is_lost and coalesce(is_voluntary, false) as is_lost_voluntary,
    is_lost and coalesce(not is_voluntary, false) as is_lost_involuntary,
    case when is_active_at_start then period_start else first_start_in_period end as member_date,
    case when is_lost then coalesce(cancel_reason, '(unknown)') end as cancel_reason
from moved
{% endmacro %}

{#- Months from the first active day to the day on which members are read. A band begins on the day
    its months are full. -#}
{% macro tenure_band(member_date, first_active_date) -%}
    case
        when {{ member_date }} < {{ first_active_date }} + interval 3 month then 'under 3 months'
        when {{ member_date }} < {{ first_active_date }} + interval 6 month then '3 to 6 months'
        when {{ member_date }} < {{ first_active_date }} + interval 12 month then '6 to 12 months'
        when {{ member_date }} < {{ first_active_date }} + interval 24 month then '12 to 24 months'
        else 'over 24 months'
    end
{%- endmacro %}
