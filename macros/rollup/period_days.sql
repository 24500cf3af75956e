{#- The days of every period of the grains that are rolled up: a query with period_grain,
    period_index, period_start and date_day. Dated rows meet their periods by an equal day, which
    stays quick where a comparison with both ends of each period does not. -#}
{% macro period_days() -%}
select
    periods.period_grain,
    periods.period_index,
    periods.period_start,
    dates.date_day
from {{ ref('dim_periods') }} as periods
inner join {{ ref('dim_dates') }} as dates
    on
        periods.period_start <= dates.date_day
        and periods.period_end > dates.date_day
where periods.period_grain in ('{{ rollup_setting("grains") | join("', '") }}')
{%- endmacro %}
