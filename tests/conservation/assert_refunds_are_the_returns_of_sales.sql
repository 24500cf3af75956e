-- Refunds are the returns of kpi_sales, and the orders they are set against those of kpi_aov, in
-- every cell that the tables share.
with shared as (
    select
        refunds.period_grain,
        refunds.period_start,
        refunds.dimension,
        refunds.dimension_value,
        refunds.refunds,
        sales.returns,
        case when aov.dimension is not null then refunds.order_value end as order_value,
        aov.order_value as order_value_of_aov,
        case when aov.dimension = 'total' then refunds.refunds_of_orders end as refunds_of_orders,
        case when aov.dimension = 'total' then aov.order_returns end as order_returns
    from {{ ref('kpi_refunds') }} as refunds
    left join {{ ref('kpi_sales') }} as sales
        on
            refunds.period_grain = sales.period_grain
            and refunds.period_start = sales.period_start
            and refunds.dimension = sales.dimension
            and refunds.dimension_value = sales.dimension_value
    left join {{ ref('kpi_aov') }} as aov
        on
            refunds.period_grain = aov.period_grain
            and refunds.period_start = aov.period_start
            and refunds.dimension = aov.dimension
            and refunds.dimension_value = aov.dimension_value
    where refunds.dimension != 'reason_group'
)

select *
from shared
where
    -- An absent cell of a sparse dimension is 0.
    coalesce(refunds, 0) != coalesce(returns, 0)
    or order_value is distinct from order_value_of_aov
    or refunds_of_orders is distinct from order_returns
