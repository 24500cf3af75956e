-- Pairs of the default and another variant of a cell whose steps are not exactly the difference of
-- the two values, that lack a step or parts, or are rounded by more than the last digits.
with cells as (
    select
        cells.kpi,
        cells.variant,
        cells.is_default,
        cells.period_grain,
        cells.period_start,
        cells.dimension,
        cells.dimension_value,
        cells.numerator,
        cells.denominator,
        cells.value,
        cells.unit
    from {{ ref('kpi_values') }} as cells
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
        target.variant as to_variant,
        case when origin.denominator is null then 1 else 2 end as expected_steps,
        case
            when origin.denominator is null then target.numerator - origin.numerator
            else cast(target.value - origin.value as decimal(38, 12))
        end as difference
    from cells as origin
    inner join cells as target
        on
            origin.kpi = target.kpi
            and origin.period_grain = target.period_grain
            and origin.period_start = target.period_start
            and origin.dimension = target.dimension
            and origin.dimension_value = target.dimension_value
            and origin.unit = target.unit
            and (origin.denominator is null) = (target.denominator is null)
    where origin.is_default and not target.is_default
),

bridges as (
    select
        kpi,
        period_grain,
        period_start,
        dimension,
        dimension_value,
        to_variant,
        count(*) as steps,
        sum(delta) as deltas,
        -- More than floats can lose is no rounding, but a step that is wrong.
        sum(abs(rounding)) > 0.000000001 * (1 + sum(abs(delta))) as is_too_much_rounding
    from {{ ref('kpi_variant_bridge') }}
    group by kpi, period_grain, period_start, dimension, dimension_value, to_variant
)

select
    pairs.*,
    bridges.steps,
    bridges.deltas
from pairs
full outer join bridges
    on
        pairs.kpi = bridges.kpi
        and pairs.period_grain = bridges.period_grain
        and pairs.period_start = bridges.period_start
        and pairs.dimension = bridges.dimension
        and pairs.dimension_value = bridges.dimension_value
        and pairs.to_variant = bridges.to_variant
where
    coalesce(pairs.difference != bridges.deltas, true)
    or coalesce(pairs.expected_steps != bridges.steps, true)
    or bridges.is_too_much_rounding
