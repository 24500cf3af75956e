-- Who has ever ordered is counted alike, in every cell, where repeat customers and where lifetime
-- values are.
select
    repeats.period_grain,
    repeats.period_start,
    repeats.dimension,
    repeats.dimension_value,
    repeats.customers_ever,
    clv.customers_ever as customers_of_lifetime_value
from {{ ref('kpi_repeat_customers') }} as repeats
inner join {{ ref('kpi_clv') }} as clv
    on
        repeats.period_grain = clv.period_grain
        and repeats.period_start = clv.period_start
        and repeats.dimension = clv.dimension
        and repeats.dimension_value = clv.dimension_value
where repeats.customers_ever != clv.customers_ever
