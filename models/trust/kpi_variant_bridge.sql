{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_units',
    unique_key=['kpi', 'period_grain', 'period_start', 'dimension', 'dimension_value'],
    meta={'follows': 'kpi_values'},
    pre_hook='{{ follow_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
with catalog as (
    select
        kpi,
        variant,
        scale,
        denominator is not null as is_ratio,
        -- A sum goes by its own name.
        coalesce(numerator, variant) as numerator_name,
        denominator as denominator_name
    from {{ ref('kpi_catalog') }}
),

-- Cells with a value and parts; a statistic has none.
cells as (
    select
        cells.kpi,
        cells.variant,
        cells.is_default,
        cells.period_grain,
        cells.period_start,
        cells.dimension,
        cells.dimension_value,
        cells.unit,
        cells.currency_code,
        cells.value,
        catalog.is_ratio,
        cast(catalog.scale as decimal(4, 0)) * cast(cells.numerator as decimal(30, 12)) as numerator,
        cells.denominator,
        concat(
            case when catalog.scale != 1 then concat(catalog.scale, ' x ') else '' end,
            catalog.numerator_name, ' ', {{ number_text('cells.numerator') }}
        ) as numerator_text,
        concat(catalog.denominator_name, ' ', {{ number_text('cells.denominator') }})
            as denominator_text
    from {{ rows_of_changed_units(ref('kpi_values')) }} as cells
    inner join catalog
        on
            cells.kpi = catalog.kpi
            and cells.variant = catalog.variant
    where
        cells.period_grain in ({{ driver_grains() }})
        and cells.value is not null
        and cells.numerator is not null
),

pairs as (
    select
        origin.kpi,
        origin.period_grain,
        origin.period_start,
        origin.dimension,
        origin.dimension_value,
        origin.variant as from_variant,
        target.variant as to_variant,
        origin.unit,
        origin.currency_code,
        origin.is_ratio,
        {%- for part in ['numerator', 'denominator'] %}
        case
            when origin.{{ part }}_text = target.{{ part }}_text
                then concat(origin.{{ part }}_text, ' stays')
            else concat(origin.{{ part }}_text, ' to ', target.{{ part }}_text)
        end as {{ part }}_text,
        {%- endfor %}
        case
            when origin.is_ratio then {{ addable('target.value - origin.value') }}
            else {{ addable('target.numerator - origin.numerator') }}
        end as difference,
        {%- set by_numerator = safe_ratio('target.numerator - origin.numerator', 'origin.denominator') %}
        case
            when origin.is_ratio then {{ addable(by_numerator) }}
            else {{ addable('target.numerator - origin.numerator') }}
        end as by_numerator,
        {%- set by_denominator = safe_ratio('target.numerator', 'target.denominator')
            ~ ' - ' ~ safe_ratio('target.numerator', 'origin.denominator') %}
        {{ addable(by_denominator) }} as by_denominator
    from cells as origin
    inner join cells as target
        on
            origin.kpi = target.kpi
            and origin.period_grain = target.period_grain
            and origin.period_start = target.period_start
            and origin.dimension = target.dimension
            and origin.dimension_value = target.dimension_value
            and origin.unit = target.unit
            and origin.is_ratio = target.is_ratio
    where origin.is_default and not target.is_default
),

-- What rounding leaves goes to the larger step.
rounded as (
    select
        *,
        {{ addable('difference - by_numerator - coalesce(by_denominator, 0)') }} as rounding_left,
        abs(by_numerator) >= coalesce(abs(by_denominator), 0) as is_numerator_larger
    from pairs
),

steps as (
    select
        *,
        1 as step,
        case when is_ratio then 'numerator' else 'sum' end as step_name,
        by_numerator as step_alone,
        case when is_numerator_larger then rounding_left else 0 end as rounding,
        numerator_text as step_text
    from rounded
    union all
    select
        *,
        2 as step,
        'denominator' as step_name,
        by_denominator as step_alone,
        case when is_numerator_larger then 0 else rounding_left end as rounding,
        denominator_text as step_text
    from rounded
    where is_ratio
),

final as (
    select
        kpi,
        period_grain,
        period_start,
        dimension,
        dimension_value,
        from_variant,
        to_variant,
        cast(step as integer) as step,
        step_name,
        unit,
        currency_code,
        cast(step_alone + rounding as decimal(38, 12)) as delta,
        cast(rounding as decimal(38, 12)) as rounding,
        concat(step_name, ' ', step_text) as explanation
    from steps
)

select * from final
