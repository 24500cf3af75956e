{%- set key = ['kpi', 'variant', 'dimension', 'dimension_value', 'method', 'horizon'] %}

with candidates as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        actual_value,
        absolute_error,
        naive_absolute_error,
        unit,
        currency_code
    from {{ ref('int_forecasts__candidates') }}
    where absolute_error is not null
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

scored as (
    select
        {%- for column in key %}
        candidates.{{ column }},
        {%- endfor %}
        candidates.unit,
        candidates.currency_code,
        count(*) as origins,
        min(candidates.trained_until) as first_origin,
        max(candidates.trained_until) as last_origin,
        sum(candidates.absolute_error) as absolute_errors,
        sum(candidates.naive_absolute_error) as naive_absolute_errors,
        count(*) filter (where candidates.actual_value = 0) as zero_actuals,
        sum(cast(
            {{ safe_ratio('candidates.absolute_error', 'abs(candidates.actual_value)') }}
            as decimal(38, 12)
        )) as absolute_rates,
        count(intervals.low_80) as origins_with_interval,
        count(*) filter (
            where candidates.actual_value between intervals.low_80 and intervals.high_80
        ) as origins_covered
    from candidates
    inner join intervals
        on
            {%- for column in key %}
            candidates.{{ column }} = intervals.{{ column }}
            and
            {%- endfor %}
            candidates.trained_until = intervals.trained_until
    group by all
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

final as (
    select
        scored.kpi,
        scored.variant,
        'month' as period_grain,
        scored.dimension,
        scored.dimension_value,
        scored.method,
        scored.horizon,
        scored.origins,
        cast(scored.first_origin as date) as first_origin,
        cast(scored.last_origin as date) as last_origin,
        {{ safe_ratio('scored.absolute_errors', 'scored.origins') }} as mae,
        {{ safe_ratio('scored.absolute_errors', 'scored.naive_absolute_errors') }} as relative_mae,
        case
            when scored.zero_actuals = 0
                then {{ safe_ratio('scored.absolute_rates', 'scored.origins') }}
        end as mape,
        scored.origins_with_interval,
        scored.origins_covered,
        {{ safe_ratio('scored.origins_covered', 'scored.origins_with_interval') }} as coverage_80,
        coalesce(ranked.is_published, false) as is_published,
        coalesce(ranked.note, 'no forecast from the last month') as note,
        scored.unit,
        scored.currency_code,
        clock.as_of
    from scored
    cross join clock
    left join ranked
        on
            {%- for column in key[:-1] %}
            scored.{{ column }} = ranked.{{ column }}
            and
            {%- endfor %}
            scored.horizon = ranked.horizon
)

select * from final
