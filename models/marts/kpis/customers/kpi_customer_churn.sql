{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
] %}
{%- set modelled %}
case
    when period_grain != 'week' and dimension != 'cancel_reason' then customers_at_start_modelled
end
{%- endset %}
{%- set lost %}
case
    when
        period_grain != 'week' and dimension != 'cancel_reason'
        and customers_at_start_unpredicted = 0
        then expected_customers_lost
end
{%- endset %}

with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

predictions as (
    select
        account_id,
        snapshot_date,
        p_alive
    from {{ ref('fct_account_predictions') }}
),

account_periods as (
    select
        periods.account_id,
        periods.period_grain,
        periods.period_index as from_index,
        periods.period_index as to_index,
        {%- for member in members %}
        periods.{{ member }},
        {%- endfor %}
        periods.cancel_reason,
        {{ churn_measures('customers') }},
        -- Nothing is predicted of accounts with a contract.
        cast(
            periods.is_active_at_start and predictions.account_id is not null as integer
        ) as customers_at_start_modelled,
        cast(
            periods.is_active_at_start
            and predictions.account_id is not null
            and predictions.p_alive is null as integer
        ) as customers_at_start_unpredicted,
        case
            when periods.is_active_at_start
                then cast(1 - coalesce(predictions.p_alive, 1) as decimal(18, 9))
            else 0
        end as expected_customers_lost
    from {{ ref('fct_account_periods') }} as periods
    cross join clock
    left join predictions
        on
            periods.account_id = predictions.account_id
            and least(periods.period_end - 1, clock.as_of_date) = predictions.snapshot_date
),

rollup as (
    {{ kpi_rollup(churn_inputs('account_periods', 'customers', members) + [
        {
            'relation': 'account_periods', 'kind': 'spells', 'dimensions': members,
            'measures': [
                'customers_at_start_modelled', 'customers_at_start_unpredicted',
                'expected_customers_lost',
            ],
        },
    ]) }}
),

final as (
    {{ churn_variants('rollup', 'customers', 'churn_rate', also=[
        'cast(' ~ modelled ~ ' as bigint) as customers_at_start_modelled',
        'cast(' ~ lost ~ ' as decimal(18, 9)) as expected_customers_lost',
        safe_ratio(lost, modelled) ~ ' as churn_rate_p_alive',
    ]) }}
)

select * from final
