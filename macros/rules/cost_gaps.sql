{#- Periods in which cost seems to be missing, as columns for the `flags` of a KPI.

    flags: name of the column to its group of cost scopes (macro cost_scopes), or to
    {group, lag_days} where the cost window lies so many days before the period.
    Columns: period_grain, period_start, each flag (true if a month that the window touches has no
    cost, see int_costs__coverage), and is_fx_missing (a booking of the group `converted` was
    rejected there for lack of a rate). One row per period. -#}
{% macro cost_gaps(flags, converted='fully_loaded') %}
    {%- set windows = {} -%}
    {%- for name, flag in flags.items() -%}
        {%- do windows.update({name: flag if flag is mapping else {'group': flag, 'lag_days': 0}}) -%}
    {%- endfor -%}
    {%- set longest_lag = windows.values() | map(attribute='lag_days') | max %}
select
    periods.period_grain,
    periods.period_start,
    {%- for name, window in windows.items() %}
    coalesce(bool_or(
        gaps.is_cost_missing
        and gaps.cost_scope in ({{ cost_scopes(window.group) }})
        and gaps.month_start < periods.period_end - {{ window.lag_days }}
        and gaps.month_end > periods.period_start - {{ window.lag_days }}
    ), false) as {{ name }},
    {%- endfor %}
    coalesce(bool_or(
        gaps.rows_without_rate > 0
        and gaps.cost_scope in ({{ cost_scopes(converted) }})
        and gaps.month_end > periods.period_start
    ), false) as is_fx_missing
from {{ ref('dim_periods') }} as periods
left join {{ ref('int_costs__coverage') }} as gaps
    on
        (gaps.is_cost_missing or gaps.rows_without_rate > 0)
        and gaps.month_start < periods.period_end
        and gaps.month_end > periods.period_start - {{ longest_lag }}
group by periods.period_grain, periods.period_start
{%- endmacro %}
