-- Changes, worked out anew from kpi_values, that are not what the contributions over a dimension
-- add up to, exactly: over every dimension whose members add up, and volume and value of those that
-- have them. A change of 0 needs no row.
with totals as (
    select
        totals.kpi,
        totals.variant,
        totals.period_grain,
        totals.period_start,
        totals.numerator,
        totals.value,
        catalog.denominator is not null as is_ratio,
        concat(', ', catalog.additive_dimensions, ', ') as additive_dimensions
    from {{ ref('kpi_values') }} as totals
    inner join {{ ref('kpi_catalog') }} as catalog
        on
            totals.kpi = catalog.kpi
            and totals.variant = catalog.variant
    where
        totals.dimension = 'total'
        and totals.value is not null
        and totals.period_grain in ({{ driver_grains() }})
),

changes as (
    {%- for comparison in ['previous', 'year_ago'] %}
    select
        totals.kpi,
        totals.variant,
        totals.period_grain,
        totals.period_start,
        '{{ comparison }}' as comparison,
        totals.additive_dimensions,
        case
            when totals.is_ratio then cast(totals.value - earlier.value as decimal(38, 12))
            else totals.numerator - earlier.numerator
        end as change
    from totals
    inner join {{ ref('dim_periods') }} as periods
        on
            totals.period_grain = periods.period_grain
            and totals.period_start = periods.period_start
    inner join totals as earlier
        on
            totals.kpi = earlier.kpi
            and totals.variant = earlier.variant
            and totals.period_grain = earlier.period_grain
            and periods.{{ comparison }}_period_start = earlier.period_start
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

dimensions as (
    select distinct dimension
    from {{ ref('kpi_values') }}
    where dimension != 'total'
),

explained as (
    select
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        dimension,
        sum(contribution) as contributions,
        sum(rounding) as rounding,
        sum(abs(contribution)) as moved,
        count(*) as rounded_contributions
    from {{ ref('kpi_drivers') }}
    where driver_status != 'not_estimable'
    group by kpi, variant, period_grain, period_start, comparison, dimension
),

expected as (
    select
        changes.kpi,
        changes.variant,
        changes.period_grain,
        changes.period_start,
        changes.comparison,
        dimensions.dimension,
        changes.change
    from changes
    inner join dimensions
        on position(concat(', ', dimensions.dimension, ', ') in changes.additive_dimensions) > 0
    union all
    select
        changes.kpi,
        changes.variant,
        changes.period_grain,
        changes.period_start,
        changes.comparison,
        explained.dimension,
        changes.change
    from changes
    inner join explained
        on
            explained.dimension = 'total'
            and changes.kpi = explained.kpi
            and changes.variant = explained.variant
            and changes.period_grain = explained.period_grain
            and changes.period_start = explained.period_start
            and changes.comparison = explained.comparison
),

compared as (
    select
        coalesce(expected.kpi, explained.kpi) as kpi,
        coalesce(expected.variant, explained.variant) as variant,
        coalesce(expected.period_grain, explained.period_grain) as period_grain,
        coalesce(expected.period_start, explained.period_start) as period_start,
        coalesce(expected.comparison, explained.comparison) as comparison,
        coalesce(expected.dimension, explained.dimension) as dimension,
        expected.change,
        coalesce(explained.contributions, 0) as contributions,
        -- Floats carry some fifteen digits, and each contribution is rounded to twelve places; more
        -- is no rounding, but a member that is missing.
        abs(explained.rounding)
        > 0.000000001 * (1 + explained.moved) + 0.000000000001 * explained.rounded_contributions
            as is_too_much_rounding,
        expected.kpi is null as is_unexpected
    from expected
    full outer join explained
        on
            expected.kpi = explained.kpi
            and expected.variant = explained.variant
            and expected.period_grain = explained.period_grain
            and expected.period_start = explained.period_start
            and expected.comparison = explained.comparison
            and expected.dimension = explained.dimension
)

select *
from compared
where is_unexpected or change != contributions or is_too_much_rounding
