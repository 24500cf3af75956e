{%- set key = ['kpi', 'variant', 'dimension', 'dimension_value'] %}

with candidates as (
    select
        {{ key | join(',\n        ') }},
        method,
        horizon,
        absolute_error,
        naive_absolute_error,
        is_latest
    from {{ ref('int_forecasts__candidates') }}
),

one_step as (
    select
        {{ key | join(',\n        ') }},
        method,
        {{ safe_ratio('sum(absolute_error)', 'sum(naive_absolute_error)') }} as relative_mae
    from candidates
    where horizon = 1 and absolute_error is not null
    group by {{ key | join(', ') }}, method
),

judged as (
    select
        candidates.*,
        one_step.relative_mae,
        coalesce(one_step.relative_mae < 1, false) as beats_naive
    from candidates
    left join one_step
        on
            {%- for column in key %}
            candidates.{{ column }} = one_step.{{ column }}
            and
            {%- endfor %}
            candidates.method = one_step.method
    where candidates.is_latest
),

-- A method that reaches only the next months leaves the later ones to the next best.
ranked as (
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}, horizon
            order by
                case when beats_naive then 1 when method = 'naive' then 2 else 3 end,
                relative_mae,
                method
        ) = 1 as is_published,
        max(cast(beats_naive as integer)) over (partition by {{ key | join(', ') }}) = 1
            as is_naive_beaten
    from judged
),

final as (
    select
        {{ key | join(',\n        ') }},
        method,
        horizon,
        relative_mae as one_step_relative_mae,
        is_published,
        case
            when beats_naive and is_published then 'beats naive: published'
            when beats_naive then 'beats naive, but another method does better'
            when is_published and is_naive_beaten
                then 'no better method reaches this month: naive is published'
            when is_published then 'no method beats naive: naive is published'
            when method = 'naive' then 'naive: what the others are measured against'
            else 'does not beat naive'
        end as note
    from ranked
)

select * from final
