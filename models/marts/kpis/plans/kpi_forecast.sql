{%- set series_key = ['kpi', 'variant', 'dimension', 'dimension_value'] %}
{%- set key = series_key + ['method', 'horizon'] %}

with candidates as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        period_start,
        forecast_value
    from {{ ref('int_forecasts__candidates') }}
    where is_latest
),

intervals as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        low_80,
        high_80
    from {{ ref('int_forecasts__intervals') }}
),

ranked as (
    select
        {{ key | join(',\n        ') }},
        is_published,
        note
    from {{ ref('int_forecasts__ranked') }}
),

-- A series that is too short, since it began or since its last break, has rows without a value.
series as (
    select
        {{ series_key | join(',\n        ') }},
        unit,
        currency_code,
        max(period_start) as period_start,
        coalesce(max(point), 0) as points
    from {{ ref('int_forecasts__series') }}
    group by {{ series_key | join(', ') }}, unit, currency_code
),

months as (
    {{ forecast_months('series') }}
),

estimated as (
    select
        {%- for column in key %}
        candidates.{{ column }},
        {%- endfor %}
        candidates.period_start,
        candidates.trained_until,
        candidates.forecast_value,
        intervals.low_80,
        intervals.high_80,
        ranked.is_published,
        'ok' as value_status,
        ranked.note
    from candidates
    inner join intervals
        on
            {%- for column in key %}
            candidates.{{ column }} = intervals.{{ column }}
            and
            {%- endfor %}
            candidates.trained_until = intervals.trained_until
    inner join ranked
        on
            {%- for column in key[:-1] %}
            candidates.{{ column }} = ranked.{{ column }}
            and
            {%- endfor %}
            candidates.horizon = ranked.horizon
    union all
    select
        {{ series_key | join(',\n        ') }},
        'naive' as method,
        horizon,
        target_start as period_start,
        period_start as trained_until,
        null as forecast_value,
        null as low_80,
        null as high_80,
        true as is_published,
        'not_estimable' as value_status,
        'fewer than {{ var("forecast_min_points") }} months since the series began or broke' as note
    from months
    where points < {{ var('forecast_min_points') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

final as (
    select
        estimated.kpi,
        estimated.variant,
        'month' as period_grain,
        estimated.period_start,
        estimated.dimension,
        estimated.dimension_value,
        estimated.method,
        estimated.horizon,
        cast(estimated.forecast_value as double) as forecast_value,
        cast(estimated.low_80 as double) as low_80,
        cast(estimated.high_80 as double) as high_80,
        estimated.is_published,
        estimated.trained_until,
        series.unit,
        series.currency_code,
        estimated.value_status,
        estimated.note,
        clock.as_of
    from estimated
    cross join clock
    inner join series
        on
            {%- for column in series_key[:-1] %}
            estimated.{{ column }} = series.{{ column }}
            and
            {%- endfor %}
            estimated.dimension_value = series.dimension_value
)

select * from final
