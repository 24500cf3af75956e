-- Values that rest on a lifetime, in which low_n is not asked of the customers at the start.
select
    long_rows.variant,
    long_rows.period_grain,
    long_rows.period_start,
    long_rows.n,
    clv.customers_at_start
from {{ ref('kpi_values') }} as long_rows
inner join {{ ref('kpi_clv') }} as clv
    on
        long_rows.period_grain = clv.period_grain
        and long_rows.period_start = clv.period_start
        and long_rows.dimension = clv.dimension
where
    long_rows.dimension = 'total'
    and long_rows.variant in (
        'clv', 'clv_margin', 'clv_discounted', 'clv_margin_discounted', 'clv_net_of_cac',
        'lifetime_years', 'clv_to_cac', 'customer_equity', 'customer_equity_discounted'
    )
    and long_rows.n != clv.customers_at_start
