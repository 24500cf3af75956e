{#- Dated rows as durations of cells, for kaplan_meier: how many units of each period and member
    have each duration, and how many of them had their event.

    relation: a CTE with event_date, the dimensions of the KPI, duration_days, and events (1 or 0).
    Grains and dimensions as in kpi_rollup.
    Columns: period_grain, period_start, dimension, dimension_value, duration_days, events, units. -#}
{% macro cell_durations(relation) -%}
with dated as (
    select
        periods.period_grain,
        periods.period_start,
        units.*,
        1 as units
    from {{ relation }} as units
    inner join (
        {{ period_days() | indent(8) }}
    ) as periods
        on units.event_date = periods.date_day
)

{{ rollup_members(
    'dated', ['period_grain', 'period_start', 'duration_days'],
    rollup_setting('dimensions') | list, ['events', 'units'], false
) }}
{%- endmacro %}
