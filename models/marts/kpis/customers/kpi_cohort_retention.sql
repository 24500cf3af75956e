with first_orders as (
    select
        account_id,
        first_order_date
    from {{ ref('fct_account_values') }}
    where first_order_date is not null
),

orders as (
    select
        account_id,
        order_date
    from {{ ref('fct_orders') }}
    where is_valid_order
),

months as (
    select
        period_grain,
        period_index,
        period_start,
        period_end,
        left(cast(period_start as string), 7) as cohort_month
    from {{ ref('dim_periods') }}
    where period_grain = 'month'
),

last_month as (
    select max(period_index) as period_index
    from months
),

-- A customer stays in its cohort from the month of its first order on.
cohorts as (
    select
        first_orders.account_id,
        months.period_grain,
        months.period_index as from_index,
        last_month.period_index as to_index,
        months.cohort_month,
        1 as cohort_customers
    from first_orders
    inner join months
        on
            first_orders.first_order_date >= months.period_start
            and first_orders.first_order_date < months.period_end
    cross join last_month
),

orderings as (
    select distinct
        orders.account_id,
        months.period_grain,
        months.period_index as from_index,
        months.period_index as to_index,
        cohorts.cohort_month,
        1 as customers_ordering
    from orders
    inner join months
        on orders.order_date >= months.period_start and orders.order_date < months.period_end
    inner join cohorts
        on orders.account_id = cohorts.account_id
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'cohorts', 'kind': 'spells', 'measures': ['cohort_customers']},
        {'relation': 'orderings', 'kind': 'spells', 'measures': ['customers_ordering']},
    ]) }}
),

dated as (
    select
        rollup.*,
        {{ dbt.datediff('months.period_start', 'rollup.period_start', 'month') }}
            as months_since_first_order
    from rollup
    left join months
        on rollup.dimension_value = months.cohort_month
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        cast(cohort_customers as bigint) as cohort_customers,
        cast(customers_ordering as bigint) as customers_ordering,
        {{ safe_ratio('customers_ordering', 'cohort_customers') }} as cohort_retention_rate,
        cast(months_since_first_order as integer) as months_since_first_order,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from dated
    -- A cohort has no month before its own.
    where dimension = 'total' or months_since_first_order >= 0
)

select * from final
