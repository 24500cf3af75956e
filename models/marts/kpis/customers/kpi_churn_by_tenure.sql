with tenure_months as (
    select
        account_id,
        month_end_date as event_date,
        tenure_month,
        1 as customers_at_risk,
        cast(is_lost as integer) as customers_lost
    from {{ ref('fct_account_tenure_months') }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'tenure_months', 'kind': 'events',
            'measures': ['customers_at_risk', 'customers_lost'],
        },
    ]) }}
),

hazards as (
    select
        *,
        case when dimension = 'tenure_month' then cast(dimension_value as integer) end
            as tenure_month,
        {{ safe_ratio('customers_lost', 'customers_at_risk') }} as churn_hazard
    from rollup
),

-- A month at which nobody was at risk has no cell, and says nothing about those after it.
survivals as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, dimension
            order by tenure_month
        ) = tenure_month + 1 as is_survival_known,
        {{ running_product(
            '1 - churn_hazard', 'period_grain, period_start, dimension', 'tenure_month'
        ) }} as survival
    from hazards
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        cast(customers_at_risk as bigint) as customers_at_risk,
        cast(customers_lost as bigint) as customers_lost,
        churn_hazard,
        case when is_survival_known then survival end as survival,
        tenure_month,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from survivals
)

select * from final
