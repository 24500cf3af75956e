with months as (
    select
        period_grain,
        period_index,
        period_start,
        left(cast(period_start as string), 7) as cohort_month
    from {{ ref('dim_periods') }}
    where period_grain = 'month'
),

-- What an account brought before its first valid order counts from that order's month on.
brought as (
    select
        trailing_years.account_id,
        trailing_years.period_grain,
        greatest(
            trailing_years.from_index, coalesce(months.period_index, trailing_years.from_index)
        ) as from_index,
        trailing_years.to_index,
        trailing_years.cohort_month,
        trailing_years.customers_ever as cohort_customers,
        trailing_years.net_sales_to_date,
        trailing_years.margin_to_date
    from {{ ref('fct_trailing_years') }} as trailing_years
    left join months
        on
            trailing_years.period_grain = months.period_grain
            and trailing_years.cohort_month = months.cohort_month
    where
        trailing_years.customers_ever != 0
        or trailing_years.net_sales_to_date != 0
        or trailing_years.margin_to_date != 0
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'brought', 'kind': 'spells',
            'measures': ['cohort_customers', 'net_sales_to_date', 'margin_to_date'],
        },
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
        cast(net_sales_to_date as decimal(18, 4)) as net_sales_to_date,
        cast(margin_to_date as decimal(18, 4)) as margin_to_date,
        {{ safe_ratio('net_sales_to_date', 'cohort_customers') }} as cohort_value,
        {{ safe_ratio('margin_to_date', 'cohort_customers') }} as cohort_value_margin,
        cast(months_since_first_order as integer) as months_since_first_order,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from dated
    -- A cohort has no month before its own.
    where months_since_first_order is null or months_since_first_order >= 0
)

select * from final
