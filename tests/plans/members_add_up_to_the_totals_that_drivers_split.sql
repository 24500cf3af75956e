-- Parts of kpi_values, of any grain, that members over a dimension which the catalog calls additive
-- do not add up to, at tolerance 0: what drivers and their exact sums rest on.
with catalog as (
    select kpi, variant, additive_dimensions
    from {{ ref('kpi_catalog') }}
    where additive_dimensions is not null
),

dimensions as (
    select distinct dimension
    from {{ ref('kpi_values') }}
    where dimension != 'total'
),

totals as (
    select
        totals.kpi,
        totals.variant,
        totals.period_grain,
        totals.period_start,
        dimensions.dimension,
        totals.numerator,
        totals.denominator
    from {{ ref('kpi_values') }} as totals
    inner join catalog
        on
            totals.kpi = catalog.kpi
            and totals.variant = catalog.variant
    inner join dimensions
        on
            position(
                concat(', ', dimensions.dimension, ', ')
                in concat(', ', catalog.additive_dimensions, ', ')
            ) > 0
    where totals.dimension = 'total'
),

members as (
    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('kpi_values') }}
    where dimension != 'total'
    group by kpi, variant, period_grain, period_start, dimension
)

select
    totals.*,
    members.numerator as members_numerator,
    members.denominator as members_denominator
from totals
left join members
    on
        totals.kpi = members.kpi
        and totals.variant = members.variant
        and totals.period_grain = members.period_grain
        and totals.period_start = members.period_start
        and totals.dimension = members.dimension
where
    coalesce(totals.numerator, 0) != coalesce(members.numerator, 0)
    or coalesce(totals.denominator, 0) != coalesce(members.denominator, 0)
