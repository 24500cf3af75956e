{#- The months that are forecast from the end of each month of a series: a query with the columns of
    `relation`, and with
    horizon: 1 for the next month, up to `forecast_horizons`;
    origin_on: first day after the last month known; what is dated before it is known;
    target_start, target_end: the month that is forecast, half-open.

    relation: a relation or CTE whose `period_start` is the last month known. -#}
{% macro forecast_months(relation) -%}
    select
        known.*,
        ahead.horizon,
        cast({{ dbt.dateadd('month', 1, 'known.period_start') }} as date) as origin_on,
        cast({{ dbt.dateadd('month', 'ahead.horizon', 'known.period_start') }} as date)
            as target_start,
        cast({{ dbt.dateadd('month', 'ahead.horizon + 1', 'known.period_start') }} as date)
            as target_end
    from {{ relation }} as known
    cross join (
        {%- for horizon in range(1, var('forecast_horizons') + 1) %}
        select {{ horizon }} as horizon
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as ahead
{%- endmacro %}
