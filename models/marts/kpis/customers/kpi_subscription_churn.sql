{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
] %}

with subscription_periods as (
    select
        subscription_id,
        account_id,
        period_grain,
        period_index as from_index,
        period_index as to_index,
        {{ members | join(', ') }},
        cancel_reason,
        {{ churn_measures('subscriptions') }}
    from {{ ref('fct_subscription_periods') }}
),

rollup as (
    {{ kpi_rollup(churn_inputs('subscription_periods', 'subscriptions', members)) }}
),

final as (
    {{ churn_variants('rollup', 'subscriptions', 'subscription_churn_rate') }}
)

select * from final
