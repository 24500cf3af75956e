{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
] %}

with account_periods as (
    select
        period_grain,
        period_index as from_index,
        period_index as to_index,
        {{ members | join(', ') }},
        cancel_reason,
        cast(is_active_at_start as integer) as customers_at_start,
        cast(is_lost as integer) as customers_lost,
        cast(is_new as integer) as customers_new,
        cast(is_reactivated as integer) as customers_reactivated,
        cast(is_active_at_end as integer) as customers_at_end,
        churn_events,
        reactivation_events,
        cast(is_lost_voluntary as integer) as customers_lost_voluntary,
        cast(is_lost_involuntary as integer) as customers_lost_involuntary
    from {{ ref('fct_account_periods') }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'account_periods', 'kind': 'spells', 'dimensions': members,
            'measures': [
                'customers_at_start', 'customers_new', 'customers_reactivated', 'customers_at_end',
                'churn_events', 'reactivation_events',
            ],
        },
        {
            'relation': 'account_periods', 'kind': 'spells',
            'measures': [
                'customers_lost', 'customers_lost_voluntary', 'customers_lost_involuntary',
            ],
        },
    ]) }}
),

-- Only a lost customer has a reason; there is no start of which these could be a share.
counted as (
    select
        * replace (
            {%- for part in [
                'customers_at_start', 'customers_new', 'customers_reactivated', 'customers_at_end',
                'churn_events', 'reactivation_events',
            ] %}
            case
                when dimension != 'cancel_reason' then {{ part }}
            end as {{ part }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    from rollup
),

summed as (
    select
        *,
        customers_at_start - customers_lost as customers_remaining,
        cast(customers_at_start + customers_at_end as decimal(18, 1)) / 2 as customers_average,
        customers_at_start + customers_new as customers_at_start_and_new,
        customers_at_start + customers_new + customers_reactivated
            as customers_at_start_new_and_reactivated,
        {{ safe_ratio('customers_lost', 'customers_at_start') }} as churn_rate
    from counted
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in [
            'customers_at_start', 'customers_lost', 'customers_new', 'customers_reactivated',
            'customers_at_end', 'churn_events', 'reactivation_events', 'customers_lost_voluntary',
            'customers_lost_involuntary', 'customers_remaining',
        ] %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(customers_average as decimal(18, 1)) as customers_average,
        cast(customers_at_start_and_new as bigint) as customers_at_start_and_new,
        cast(customers_at_start_new_and_reactivated as bigint)
            as customers_at_start_new_and_reactivated,
        churn_rate,
        {{ safe_ratio('customers_lost', 'customers_remaining') }} as churn_rate_over_remaining,
        {{ safe_ratio('customers_lost', 'customers_at_end') }} as churn_rate_over_end_active,
        {{ safe_ratio('customers_lost', 'customers_average') }} as churn_rate_over_average,
        {{ safe_ratio('customers_lost', 'customers_at_start_and_new') }}
            as churn_rate_start_plus_new,
        {{ safe_ratio('customers_lost', 'customers_at_start_new_and_reactivated') }}
            as churn_rate_start_plus_new_and_reactivated,
        {{ safe_ratio('churn_events', 'customers_at_start') }} as churn_rate_intra_period,
        {{ safe_ratio('customers_lost_voluntary', 'customers_at_start') }} as churn_rate_voluntary,
        {{ safe_ratio('customers_lost_involuntary', 'customers_at_start') }}
            as churn_rate_involuntary,
        {%- for column, rate in {
            'churn_rate_annualised': 'churn_rate',
            'churn_rate_annualised_low': wilson_bound('customers_lost', 'customers_at_start', '-'),
            'churn_rate_annualised_high': wilson_bound('customers_lost', 'customers_at_start', '+'),
        }.items() %}
        case when period_grain = 'month' then 1 - power(1 - ({{ rate }}), 12) end as {{ column }},
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from summed
)

select * from final
