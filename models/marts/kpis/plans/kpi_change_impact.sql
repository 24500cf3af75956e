{%- set lasts = days_between('started_on', 'ended_on') %}
{%- set days -%}
case
    when {{ lasts }} >= {{ var('impact_days_min') }}
        then least({{ lasts }}, {{ var('impact_days_max') }})
    else {{ var('impact_days') }}
end
{%- endset %}
{%- set ratio = ['numerator', 'base', 'window_days', 'nn', 'nd', 'dd'] %}
{%- set missing = "'missing_source', 'missing_cost'" %}
with annotations as (
    select
        annotation_id,
        title,
        annotation_type,
        -- All members of a dimension are the total.
        case when dimension_value = 'all' then 'total' else dimension end as dimension,
        dimension_value,
        started_on,
        -- Whole weeks, so that both windows hold the same weekdays.
        cast(7 * ({{ integer_divide(days, 7) }}) as integer) as window_days
    from {{ ref('fct_annotations') }}
    where is_eligible
),

-- Ratios, and sums of days; a number of a day adds up over days, or it is not offered.
variants as (
    select
        kpi,
        variant,
        denominator is not null as is_ratio,
        scale,
        unit,
        coalesce(ci_method = 'wilson', false) as is_proportion,
        concat(', ', dimensions, ', ') as dimensions
    from {{ ref('kpi_catalog') }}
    where
        position(', day, ' in concat(', ', period_grains, ', ')) > 0
        and (denominator is not null or additivity_over_time = 'additive')
),

cells as (
    select
        kpi,
        variant,
        period_start,
        period_end,
        dimension,
        dimension_value,
        numerator,
        denominator,
        cast(numerator as decimal(19, 4)) as short_numerator,
        cast(denominator as decimal(19, 4)) as short_denominator,
        n,
        currency_code,
        value_status
    from {{ ref('kpi_values') }}
    where period_grain = 'day' and is_complete_period
),

-- From the first day on which a KPI has anything to the last one that is over.
histories as (
    select
        kpi,
        min(case when numerator != 0 or denominator != 0 then period_start end) as first_day,
        max(period_end) as last_day_end,
        max(currency_code) as currency_code
    from cells
    group by kpi
),

questions as (
    select
        annotations.annotation_id,
        annotations.title,
        annotations.annotation_type,
        annotations.dimension,
        annotations.dimension_value,
        annotations.window_days,
        annotations.started_on - annotations.window_days as before_start,
        annotations.started_on as after_start,
        annotations.started_on + annotations.window_days as after_end,
        variants.kpi,
        variants.variant,
        variants.is_ratio,
        variants.scale,
        variants.unit,
        variants.is_proportion,
        case when variants.unit = 'currency' then histories.currency_code end as currency_code,
        histories.first_day,
        histories.last_day_end
    from annotations
    inner join variants
        on position(concat(', ', annotations.dimension, ', ') in variants.dimensions) > 0
    inner join histories
        on variants.kpi = histories.kpi
),

sides as (
    {%- for side, side_start, side_end in [
        ('before', 'before_start', 'after_start'), ('after', 'after_start', 'after_end'),
    ] %}
    select
        annotation_id,
        kpi,
        variant,
        dimension,
        dimension_value,
        window_days,
        is_ratio,
        scale,
        is_proportion,
        '{{ side }}' as side,
        {{ side_start }} as side_start,
        {{ side_end }} as side_end
    from questions
    where {{ side_start }} >= first_day and {{ side_end }} <= last_day_end
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Days without a cell have nothing. Squares and products are exact to four places, so that the
-- order of adding does not show. A sum is divided by the days: `base` of each day is 1.
summed as (
    select
        sides.annotation_id,
        sides.kpi,
        sides.variant,
        sides.side,
        sides.window_days,
        sides.is_ratio,
        sides.is_proportion,
        case when sides.is_ratio then sides.scale else sides.window_days end as factor,
        coalesce(sum(cells.numerator), 0) as numerator,
        case
            when sides.is_ratio then coalesce(sum(cells.denominator), 0)
            else sides.window_days
        end as base,
        coalesce(sum(cells.short_numerator * cells.short_numerator), 0) as nn,
        coalesce(
            case
                when sides.is_ratio then sum(cells.short_numerator * cells.short_denominator)
                else sum(cells.short_numerator)
            end, 0
        ) as nd,
        case
            when sides.is_ratio
                then coalesce(sum(cells.short_denominator * cells.short_denominator), 0)
            else sides.window_days
        end as dd,
        sum(cells.n) as n,
        coalesce(bool_or(cells.value_status = 'fx_missing'), false) as is_fx_missing,
        coalesce(bool_or(cells.value_status = 'immature'), false) as is_immature
    from sides
    left join cells
        on
            sides.kpi = cells.kpi
            and sides.variant = cells.variant
            and sides.dimension = cells.dimension
            and sides.dimension_value = cells.dimension_value
            and sides.side_start <= cells.period_start
            and sides.side_end > cells.period_start
    group by
        sides.annotation_id,
        sides.kpi,
        sides.variant,
        sides.side,
        sides.window_days,
        sides.is_ratio,
        sides.scale,
        sides.is_proportion
    having count(case when cells.value_status in ({{ missing }}) then 1 end) = 0
),

measured as (
    select
        annotation_id,
        kpi,
        variant,
        side,
        numerator,
        n,
        is_fx_missing,
        is_immature,
        case
            when is_ratio then factor * {{ safe_ratio('numerator', 'base') }}
            else cast(numerator as double)
        end as value,
        case
            when is_proportion then {{ wilson_bound('numerator', 'base', '-') }}
            else factor * {{ delta_bound(*ratio, side='-', bounds=[none, none]) }}
        end as ci_low,
        case
            when is_proportion then {{ wilson_bound('numerator', 'base', '+') }}
            else factor * {{ delta_bound(*ratio, side='+', bounds=[none, none]) }}
        end as ci_high
    from summed
),

compared as (
    select
        questions.*,
        before.value as before_value,
        after.value as after_value,
        before.n as n_before,
        after.n as n_after,
        round(after.value - before.value, 12) as change,
        round({{ newcombe_bound('after.', 'before.', '-') }}, 9) as ci_low,
        round({{ newcombe_bound('after.', 'before.', '+') }}, 9) as ci_high,
        before.numerator = 0 and after.numerator = 0 and not questions.is_ratio as is_nothing,
        before.is_fx_missing or after.is_fx_missing as is_fx_missing,
        before.is_immature or after.is_immature as is_immature
    from questions
    left join measured as before
        on
            questions.annotation_id = before.annotation_id
            and questions.kpi = before.kpi
            and questions.variant = before.variant
            and before.side = 'before'
    left join measured as after
        on
            questions.annotation_id = after.annotation_id
            and questions.kpi = after.kpi
            and questions.variant = after.variant
            and after.side = 'after'
),

judged as (
    select
        *,
        case
            when before_start < first_day then 'not_estimable'
            when after_end > last_day_end then 'partial_period'
            when change is null or is_nothing then 'not_estimable'
            when is_fx_missing then 'fx_missing'
            when is_immature then 'immature'
            else 'ok'
        end as impact_status
    from compared
),

final as (
    select
        cast(annotation_id as string) as annotation_id,
        cast(title as string) as title,
        cast(annotation_type as string) as annotation_type,
        kpi,
        variant,
        unit,
        currency_code,
        cast(dimension as string) as dimension,
        cast(dimension_value as string) as dimension_value,
        window_days,
        cast(before_start as date) as before_start,
        cast(after_start as date) as after_start,
        cast(after_end as date) as after_end,
        before_value,
        after_value,
        case impact_status when 'ok' then change end as change,
        case impact_status
            when 'ok' then round({{ safe_ratio('change', 'abs(before_value)') }}, 12)
        end as change_rate,
        case impact_status when 'ok' then ci_low end as ci_low,
        case impact_status when 'ok' then ci_high end as ci_high,
        case
            when impact_status != 'ok' or ci_low is null then null
            when is_proportion then 'newcombe'
            else 'delta_by_day'
        end as ci_method,
        -- Few units say nothing about chance.
        case
            when
                impact_status = 'ok'
                and coalesce(least(n_before, n_after) >= {{ var('low_n_threshold') }}, true)
                then ci_low > 0 or ci_high < 0
        end as is_change_significant,
        cast(n_before as bigint) as n_before,
        cast(n_after as bigint) as n_after,
        impact_status,
        'not causal' as caveat
    from judged
)

select * from final
