{#- Columns of a closed funnel, for the final select of a KPI: the rate of the whole funnel, then for
    each step after the first its rate, what was lost before it, and the median hours to it.

    rate: name of the whole funnel's rate (last step over first); steps: columns of `rollup` with
    how many units passed each step, in order, each counted only if it passed the one before;
    medians: a CTE of cell_quantiles with the columns <step>_median_hours, or none.

    Columns, in this order: <rate>, then all <step>_step_rate (step over the step before), all
    <step>_lost (the step before less the step), all <step>_median_hours. -#}
{% macro funnel_variants(rate, steps, rollup='rollup', medians='medians') -%}
{{ safe_ratio(rollup ~ '.' ~ steps[-1], rollup ~ '.' ~ steps[0]) }} as {{ rate }}
{%- for step in steps[1:] -%}
,
{{ safe_ratio(rollup ~ '.' ~ step, rollup ~ '.' ~ steps[loop.index0]) }} as {{ step }}_step_rate
{%- endfor -%}
{%- for step in steps[1:] -%}
,
cast({{ rollup }}.{{ steps[loop.index0] }} - {{ rollup }}.{{ step }} as bigint) as {{ step }}_lost
{%- endfor -%}
{%- for step in steps[1:] if medians -%}
,
{{ medians }}.{{ step }}_median_hours
{%- endfor -%}
{%- endmacro %}

{#- SQL that holds if no step of a funnel is above the step before, null or not. -#}
{% macro funnel_never_rises(steps) -%}
{%- for step in steps[1:] -%}
{{ ' and ' if not loop.first }}coalesce({{ step }} <= {{ steps[loop.index0] }}, true)
{%- endfor -%}
{%- endmacro %}
