{%- set key = ['kpi', 'variant', 'dimension', 'dimension_value', 'method', 'horizon'] %}

with candidates as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        period_start,
        forecast_value,
        absolute_error,
        may_be_negative
    from {{ ref('int_forecasts__candidates') }}
),

-- An error is known at an origin once its month is among those trained on.
known_errors as (
    select
        {%- for column in key %}
        candidates.{{ column }},
        {%- endfor %}
        candidates.trained_until,
        earlier.absolute_error,
        row_number() over (
            partition by
                {%- for column in key %}
                candidates.{{ column }},
                {%- endfor %}
                candidates.trained_until
            order by earlier.absolute_error
        ) as error_rank,
        count(*) over (
            partition by
                {%- for column in key %}
                candidates.{{ column }},
                {%- endfor %}
                candidates.trained_until
        ) as errors
    from candidates
    inner join candidates as earlier
        on
            {%- for column in key %}
            candidates.{{ column }} = earlier.{{ column }}
            and
            {%- endfor %}
            candidates.trained_until >= earlier.period_start
),

-- Split conformal: of n errors, the ceil((n + 1) x 0.8)-th smallest. Under four there is none.
half_widths as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        absolute_error as half_width
    from known_errors
    where error_rank = {{ integer_divide('4 * (errors + 1) + 4', '5') }}
),

bounded as (
    select
        candidates.*,
        candidates.forecast_value - half_widths.half_width as lowest,
        candidates.forecast_value + half_widths.half_width as high_80
    from candidates
    left join half_widths
        on
            {%- for column in key %}
            candidates.{{ column }} = half_widths.{{ column }}
            and
            {%- endfor %}
            candidates.trained_until = half_widths.trained_until
),

final as (
    select
        {{ key | join(',\n        ') }},
        trained_until,
        period_start,
        case when lowest < 0 and not may_be_negative then 0 else lowest end as low_80,
        high_80
    from bounded
)

select * from final
