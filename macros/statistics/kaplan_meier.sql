{#- The share of a cell's units that are still without their event after so many days, by the
    product-limit estimator: units that were not watched long enough count for as long as they were.
    Sources: E. L. Kaplan and P. Meier, 1958; variance by M. Greenwood, 1926; interval at 95 % on
    the scale of log(-log(S)), J. D. Kalbfleisch and R. L. Prentice, 1980.

    relation: a CTE with the columns of the cell, `duration_days`, `events` and `units`: one row per
    unit (units 1, events 1 or 0) or several of one duration together. The duration of a unit
    without the event ends where it was last seen. Events come before units lost to view on the same
    day, so these are still at risk then.
    cell: the columns of the cell, as a list. horizon_days: null for the median alone.

    Columns: the cell, survival (at the horizon, that day included), survival_low, survival_high,
    and median_days, the first day on which no more than half are left. survival is null where nobody
    was watched as far as the horizon; the bounds where it is 0 or 1, and median_days where more
    than half are left. Rounded to 12 places, so that a product of a half is a half. -#}
{% macro kaplan_meier(relation, cell, horizon_days=none) -%}
{%- set cell_columns = cell | join(', ') -%}
with at_durations as (
    select
        {{ cell_columns }},
        duration_days,
        sum(events) as events,
        sum(units) as units
    from {{ relation }}
    group by {{ cell_columns }}, duration_days
),

at_risk as (
    select
        {{ cell_columns }},
        duration_days,
        cast(events as double) as events,
        cast(
            sum(units) over (partition by {{ cell_columns }} order by duration_days desc) as double
        ) as units_at_risk
    from at_durations
),

steps as (
    select
        {{ cell_columns }},
        duration_days,
        round(
            case
                when events = units_at_risk then 0
                else exp(sum(ln(nullif(1 - events / units_at_risk, 0))) over up_to)
            end,
            12
        ) as survival,
        sum(events / (units_at_risk * nullif(units_at_risk - events, 0))) over up_to as variance
    from at_risk
    window up_to as (partition by {{ cell_columns }} order by duration_days)
),

at_horizon as (
    select
        {{ cell_columns }},
        {%- if horizon_days is none %}
        cast(null as double) as survival,
        cast(null as double) as variance,
        {%- else %}
        case
            when max(duration_days) >= {{ horizon_days }} or min(survival) = 0
                then coalesce(min(survival) filter (where duration_days <= {{ horizon_days }}), 1)
        end as survival,
        max(variance) filter (where duration_days <= {{ horizon_days }}) as variance,
        {%- endif %}
        min(duration_days) filter (where survival <= 0.5) as median_days
    from steps
    group by {{ cell_columns }}
),

scaled as (
    select
        *,
        case
            when survival > 0 and survival < 1
                then 1.959963984540054 * sqrt(variance) / abs(ln(survival))
        end as spread
    from at_horizon
)

select
    {{ cell_columns }},
    cast(survival as double) as survival,
    round(power(survival, exp(spread)), 12) as survival_low,
    round(power(survival, exp(-spread)), 12) as survival_high,
    cast(median_days as double) as median_days
from scaled
{%- endmacro %}
