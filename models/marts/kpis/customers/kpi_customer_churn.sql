{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
] %}

with account_periods as (
    select
        account_id,
        period_grain,
        period_index as from_index,
        period_index as to_index,
        {{ members | join(', ') }},
        cancel_reason,
        {{ churn_measures('customers') }}
    from {{ ref('fct_account_periods') }}
),

rollup as (
    {{ kpi_rollup(churn_inputs('account_periods', 'customers', members)) }}
),

final as (
    {{ churn_variants('rollup', 'customers', 'churn_rate') }}
)

select * from final
