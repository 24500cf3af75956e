-- Control totals: the golden totals in seeds/golden are these, kept.
select
    kpi,
    variant,
    dimension,
    count(*) as cells,
    count(value) as cells_with_value,
    count(distinct dimension_value) as members,
    cast(sum(numerator) as decimal(38, 4)) as numerators,
    cast(sum(denominator) as decimal(38, 4)) as denominators,
    round(sum(value), 4) as sum_of_values,
    round(sum(ci_high - ci_low), 4) as sum_of_intervals,
    count(*) filter (where value_status = 'ok') as cells_ok,
    count(*) filter (where not is_mature) as cells_immature
from {{ ref('kpi_values') }}
group by kpi, variant, dimension
