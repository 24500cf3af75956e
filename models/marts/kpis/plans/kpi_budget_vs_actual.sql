{%- set cell = ['kpi', 'variant', 'period_grain', 'period_start', 'dimension', 'dimension_value'] %}
{%- set key = ['source_name'] + cell + ['target_version'] %}
{%- set plan = ['source_name', 'kpi', 'variant', 'period_grain', 'dimension', 'target_version'] %}
with clock as (
    select
        as_of,
        as_of_date
    from {{ ref('int_build__clock') }}
),

targets as (
    select
        {{ key | join(',\n        ') }},
        period_end,
        target_value,
        approved_on,
        is_current_version,
        is_period_start,
        business_days,
        business_days_elapsed
    from {{ ref('fct_targets') }}
    where is_eligible
),

catalog as (
    select
        kpi,
        variant,
        unit,
        direction,
        additivity_over_time,
        period_grains,
        dimensions
    from {{ ref('kpi_catalog') }}
),

known_kpis as (
    select distinct kpi
    from catalog
),

spine as (
    select
        period_grain,
        min(period_start) as first_start,
        max(period_start) as last_start
    from {{ ref('dim_periods') }}
    group by period_grain
),

plans as (
    select
        {{ plan | join(',\n        ') }},
        min(period_start) as first_start,
        max(period_start) as last_start
    from targets
    group by
        {{ plan | join(',\n        ') }}
),

planned as (
    select
        kpi,
        variant,
        dimension
    from targets
    union
    select
        kpi,
        variant,
        'total' as dimension
    from targets
),

actuals as (
    select
        {%- for column in cell %}
        cells.{{ column }},
        {%- endfor %}
        cells.period_end,
        cells.value,
        cells.value_status,
        cells.is_complete_period,
        cells.numerator is not null and cells.denominator is null and cells.value is not null
            as is_sum
    from {{ ref('kpi_values') }} as cells
    inner join planned
        on
            cells.kpi = planned.kpi
            and cells.variant = planned.variant
            and cells.dimension = planned.dimension
),

members as (
    select distinct
        cells.kpi,
        cells.dimension,
        cells.dimension_value
    from {{ ref('kpi_values') }} as cells
    where
        exists (
            select 1
            from planned
            where planned.kpi = cells.kpi and planned.dimension = cells.dimension
        )
),

closings as (
    select
        {{ key | join(',\n        ') }},
        forecast_to_close
    from {{ ref('int_targets__closings') }}
),

-- A member without a cell has none because all its parts are 0: a sum is 0 there, a ratio has no
-- value. A member that the KPI never had is a mistake of the plan.
paired as (
    select
        targets.*,
        case
            when actuals.kpi is not null then actuals.value
            when members.kpi is not null and totals.is_sum then 0
        end as actual_value,
        case
            when actuals.kpi is not null then actuals.value_status
            when members.kpi is null or totals.kpi is null then null
            when totals.is_sum or totals.value_status in ('missing_source', 'missing_cost')
                then totals.value_status
            else 'no_activity'
        end as value_status,
        members.kpi is not null as is_known_member
    from targets
    left join actuals
        on
            targets.kpi = actuals.kpi
            {%- for column in cell[1:] %}
            and targets.{{ column }} = actuals.{{ column }}
            {%- endfor %}
    left join actuals as totals
        on
            targets.kpi = totals.kpi
            and targets.variant = totals.variant
            and targets.period_grain = totals.period_grain
            and targets.period_start = totals.period_start
            and totals.dimension = 'total'
    left join members
        on
            targets.kpi = members.kpi
            and targets.dimension = members.dimension
            and targets.dimension_value = members.dimension_value
),

-- Of several things that are wrong the first one is said.
planned_cells as (
    select
        {%- for column in key %}
        paired.{{ column }},
        {%- endfor %}
        paired.period_end,
        paired.target_value,
        paired.approved_on,
        paired.is_current_version,
        paired.business_days,
        paired.business_days_elapsed,
        paired.actual_value,
        paired.value_status,
        case
            when paired.value_status is not null
                then
                    case
                        when paired.actual_value is null
                            then 'The KPI has no value here: ' || paired.value_status || '.'
                    end
            when known_kpis.kpi is null
                then 'There is no KPI ' || paired.kpi || ': kpi_catalog lists them.'
            when catalog.variant is null
                then
                    paired.kpi || ' has no variant ' || paired.variant
                    || ': kpi_catalog lists them.'
            when
                position(', ' || paired.period_grain || ',' in ', ' || catalog.period_grains || ',')
                = 0
                then
                    paired.kpi || ' does not come by ' || paired.period_grain || ', but by '
                    || catalog.period_grains || '.'
            when
                position(', ' || paired.dimension || ',' in ', ' || catalog.dimensions || ',') = 0
                then
                    paired.kpi || ' is not split by ' || paired.dimension || ', but by '
                    || catalog.dimensions || '.'
            when not paired.is_period_start
                then
                    'No ' || paired.period_grain || ' begins on '
                    || cast(paired.period_start as string)
                    {%- if var('fiscal_year_start_month') != 1 %}
                    || case
                        when paired.period_grain in ('quarter', 'year')
                            then
                                ': fiscal years begin in month '
                                || '{{ var("fiscal_year_start_month") }}'
                        else ''
                    end
                    {%- endif %} || '.'
            when not paired.is_known_member
                then
                    paired.kpi || ' never had the member ' || paired.dimension_value || ' of '
                    || paired.dimension || '.'
            when paired.period_start < spine.first_start
                then
                    'The period lies before the data, which begin with the ' || paired.period_grain
                    || ' of ' || cast(spine.first_start as string) || '.'
            when paired.period_start > spine.last_start
                then
                    'The data do not reach this period yet: they end on '
                    || cast(clock.as_of_date as string) || '.'
            else paired.kpi || ' has no row for this period.'
        end as match_note
    from paired
    cross join clock
    left join catalog
        on
            paired.kpi = catalog.kpi
            and paired.variant = catalog.variant
    left join known_kpis on paired.kpi = known_kpis.kpi
    left join spine on paired.period_grain = spine.period_grain
),

unplanned_cells as (
    select
        plans.source_name,
        {%- for column in cell %}
        actuals.{{ column }},
        {%- endfor %}
        plans.target_version,
        actuals.period_end,
        cast(null as decimal(18, 4)) as target_value,
        cast(null as date) as approved_on,
        cast(null as boolean) as is_current_version,
        cast(null as integer) as business_days,
        cast(null as integer) as business_days_elapsed,
        actuals.value as actual_value,
        actuals.value_status,
        case
            when actuals.period_start < plans.first_start
                then 'The plan begins with ' || cast(plans.first_start as string) || '.'
            when actuals.period_start > plans.last_start
                then 'The plan ends with ' || cast(plans.last_start as string) || '.'
            else 'The plan has targets for other members or periods, and none for this cell.'
        end as match_note
    from actuals
    inner join plans
        on
            actuals.kpi = plans.kpi
            and actuals.variant = plans.variant
            and actuals.period_grain = plans.period_grain
            and actuals.dimension = plans.dimension
    left join targets
        on
            plans.source_name = targets.source_name
            and plans.target_version = targets.target_version
            {%- for column in cell %}
            and actuals.{{ column }} = targets.{{ column }}
            {%- endfor %}
    where targets.kpi is null
),

cells as (
    select *
    from planned_cells
    union all
    select *
    from unplanned_cells
),

described as (
    select
        cells.*,
        catalog.unit,
        catalog.direction,
        clock.as_of,
        cells.period_end <= clock.as_of_date as is_complete_period,
        coalesce(catalog.additivity_over_time, '') = 'additive'
        and cells.period_end > clock.as_of_date as is_growing,
        cast(cast(cells.actual_value as decimal(38, 12)) - cells.target_value as double)
            as variance,
        closings.forecast_to_close
    from cells
    cross join clock
    left join catalog
        on
            cells.kpi = catalog.kpi
            and cells.variant = catalog.variant
    left join closings
        on
            cells.source_name = closings.source_name
            {%- for column in key[1:] %}
            and cells.{{ column }} = closings.{{ column }}
            {%- endfor %}
),

-- What has still to grow is measured by the days that are over; a level or a ratio is due at any
-- time.
prorated as (
    select
        *,
        case
            when value_status is null then null
            when is_growing
                then {{ money_share('target_value', 'business_days_elapsed', 'business_days') }}
            else target_value
        end as target_to_date
    from described
),

final as (
    select
        {%- for column in key %}
        {{ column }},
        {%- endfor %}
        period_end,
        is_current_version,
        approved_on,
        unit,
        case when unit = 'currency' then '{{ var("reporting_currency") }}' end as currency_code,
        direction,
        target_value,
        cast(actual_value as double) as actual_value,
        value_status,
        is_complete_period,
        variance,
        {{ safe_ratio('variance', 'abs(target_value)') }} as variance_rate,
        {{ safe_ratio('actual_value', 'target_value') }} as attainment,
        case
            when not is_complete_period then null
            when direction = 'up' then variance >= 0
            when direction = 'down' then variance <= 0
        end as is_favourable,
        target_to_date,
        {{ safe_ratio('actual_value', 'target_to_date') }} as attainment_to_date,
        case direction
            when 'up' then actual_value >= target_to_date
            when 'down' then actual_value <= target_to_date
        end as is_on_pace,
        forecast_to_close,
        case
            when target_value is null then 'actual_without_target'
            when value_status is null then 'target_without_actual'
            else 'matched'
        end as match_status,
        match_note,
        as_of
    from prorated
)

select * from final
