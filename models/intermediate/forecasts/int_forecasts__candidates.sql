{%- set key = ['kpi', 'variant', 'dimension', 'dimension_value'] %}

with series as (
    select
        {{ key | join(',\n        ') }},
        period_start,
        value,
        point,
        unit,
        currency_code,
        min(value) over (
            partition by {{ key | join(', ') }}
            order by period_start
            rows between unbounded preceding and current row
        ) < 0 as may_be_negative
    from {{ ref('int_forecasts__series') }}
),

made as (
    {%- for model in ['origins', 'open_contracts', 'weighted_pipeline'] %}
    select
        {{ key | join(',\n        ') }},
        method,
        cast(trained_until as date) as trained_until,
        cast(horizon as integer) as horizon,
        cast(period_start as date) as period_start,
        forecast_value
    from {{ ref('int_forecasts__' ~ model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Decimals add up to the same in any order. What was never below 0 by then is not expected to be.
compared as (
    select
        {%- for column in key %}
        made.{{ column }},
        {%- endfor %}
        made.method,
        made.trained_until,
        made.horizon,
        made.period_start,
        cast(
            case
                when trained.may_be_negative then made.forecast_value
                else greatest(made.forecast_value, 0)
            end as decimal(28, 8)
        ) as forecast_value,
        cast(actuals.value as decimal(28, 8)) as actual_value,
        trained.point as points,
        trained.unit,
        trained.currency_code,
        trained.may_be_negative
    from made
    inner join series as trained
        on
            {%- for column in key %}
            made.{{ column }} = trained.{{ column }}
            and
            {%- endfor %}
            made.trained_until = trained.period_start
    left join series as actuals
        on
            {%- for column in key %}
            made.{{ column }} = actuals.{{ column }}
            and
            {%- endfor %}
            made.period_start = actuals.period_start
),

final as (
    select
        *,
        abs(actual_value - forecast_value) as absolute_error,
        max(case when method = 'naive' then abs(actual_value - forecast_value) end) over (
            partition by {{ key | join(', ') }}, trained_until, horizon
        ) as naive_absolute_error,
        trained_until = max(trained_until) over (
            partition by {{ key | join(', ') }}
        ) as is_latest
    from compared
)

select * from final
