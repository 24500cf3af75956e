{{ config(
    meta={'units': {
        'fct_email_list_periods': {'membership_period': 'email_hash || list_name || account_id || period_grain || period_index'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
    'list_name',
] %}

with list_periods as (
    select
        email_hash,
        account_id,
        period_grain,
        period_index as from_index,
        period_index as to_index,
        {{ members | join(', ') }},
        cancel_reason,
        {{ churn_measures('subscribers') }}
    from {{ rows_to_sum(ref('fct_email_list_periods')) }}
),

rollup as (
    {{ kpi_rollup(churn_inputs('list_periods', 'subscribers', members)) }}
),

final as (
    {{ churn_variants('rollup', 'subscribers', 'email_list_churn_rate') }}
)

select * from final
