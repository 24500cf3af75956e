{%- set member = ['kpi', 'variant', 'dimension', 'dimension_value'] %}
{%- set key = ['source_name'] + member + ['period_grain', 'period_start', 'target_version'] %}
with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

catalog as (
    select
        kpi,
        variant,
        additivity_over_time
    from {{ ref('kpi_catalog') }}
),

targets as (
    select
        {%- for column in key %}
        targets.{{ column }},
        {%- endfor %}
        targets.period_end
    from {{ ref('fct_targets') }} as targets
    cross join clock
    where
        targets.is_eligible
        and targets.is_period_start
        and targets.period_end > clock.as_of_date
        and targets.period_grain in ('month', 'quarter', 'year', 'r12m')
),

actuals as (
    select
        {{ member | join(',\n        ') }},
        period_start as month_start,
        value,
        is_complete_period
    from {{ ref('kpi_values') }}
    where period_grain = 'month'
),

-- What a sum has of the running month it will not lose.
expected as (
    select
        {%- for column in member %}
        forecasts.{{ column }},
        {%- endfor %}
        forecasts.period_start as month_start,
        case
            when catalog.additivity_over_time = 'additive'
                then greatest(
                    forecasts.forecast_value, coalesce(actuals.value, forecasts.forecast_value)
                )
            else forecasts.forecast_value
        end as value
    from {{ ref('kpi_forecast') }} as forecasts
    cross join clock
    left join catalog
        on
            forecasts.kpi = catalog.kpi
            and forecasts.variant = catalog.variant
    left join actuals
        on
            forecasts.period_start = actuals.month_start
            {%- for column in member %}
            and forecasts.{{ column }} = actuals.{{ column }}
            {%- endfor %}
    where
        forecasts.is_published
        and forecasts.period_grain = 'month'
        and cast(forecasts.period_start + interval 1 month as date) > clock.as_of_date
),

months as (
    select
        {{ member | join(',\n        ') }},
        month_start,
        value
    from actuals
    where is_complete_period
    union all
    select
        {{ member | join(',\n        ') }},
        month_start,
        value
    from expected
),

closing as (
    select
        {%- for column in key %}
        targets.{{ column }},
        {%- endfor %}
        case targets.period_grain when 'month' then 1 when 'quarter' then 3 else 12 end
        = count(months.value) as has_all_months,
        cast(sum(cast(months.value as decimal(38, 12))) as double) as sum_of_months,
        max(months.value) filter (
            where months.month_start = cast(targets.period_end - interval 1 month as date)
        ) as last_month
    from targets
    inner join months
        on
            targets.period_start <= months.month_start
            and targets.period_end > months.month_start
            {%- for column in member %}
            and targets.{{ column }} = months.{{ column }}
            {%- endfor %}
    group by
        {%- for column in key %}
        targets.{{ column }},
        {%- endfor %}
        targets.period_end
),

final as (
    select
        {%- for column in key %}
        closing.{{ column }},
        {%- endfor %}
        case
            when catalog.additivity_over_time = 'additive'
                then case when closing.has_all_months then closing.sum_of_months end
            when catalog.additivity_over_time = 'snapshot' or closing.period_grain = 'month'
                then closing.last_month
        end as forecast_to_close
    from closing
    inner join catalog
        on
            closing.kpi = catalog.kpi
            and closing.variant = catalog.variant
)

select * from final
