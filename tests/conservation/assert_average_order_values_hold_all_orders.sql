-- Orders and their value by every member of a dimension add up to the total of kpi_aov and to the
-- orders of kpi_sales; only `product_in_order` counts an order more than once.
with cells as (
    select
        period_grain,
        period_start,
        dimension,
        sum(orders_valid) as orders_valid,
        sum(order_value) as order_value
    from {{ ref('kpi_aov') }}
    where dimension != 'product_in_order'
    group by period_grain, period_start, dimension
),

totals as (
    select
        aov.period_grain,
        aov.period_start,
        aov.orders_valid,
        aov.order_value,
        sales.orders_valid as orders_of_sales
    from {{ ref('kpi_aov') }} as aov
    left join {{ ref('kpi_sales') }} as sales
        on
            aov.period_grain = sales.period_grain
            and aov.period_start = sales.period_start
            and sales.dimension = 'total'
    where aov.dimension = 'total'
)

select
    totals.*,
    cells.dimension,
    cells.orders_valid as orders_of_members,
    cells.order_value as value_of_members
from totals
left join cells
    on
        totals.period_grain = cells.period_grain
        and totals.period_start = cells.period_start
where
    cells.orders_valid is distinct from totals.orders_valid
    or cells.order_value is distinct from totals.order_value
    or totals.orders_of_sales is distinct from totals.orders_valid
