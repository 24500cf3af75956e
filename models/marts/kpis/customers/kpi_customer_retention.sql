{{ config(
    meta={'units': {
        'fct_account_periods': {'account_period': 'account_id || period_grain || period_index'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
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
        cast(is_active_at_start as integer) as customers_at_start,
        cast(is_retained as integer) as customers_retained,
        cast(is_active_at_end as integer) as customers_at_end,
        cast(is_new as integer) as customers_new
    from {{ rows_to_sum(ref('fct_account_periods')) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'account_periods', 'kind': 'spells',
            'measures': [
                'customers_at_start', 'customers_retained', 'customers_at_end', 'customers_new',
            ],
        },
    ]) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        cast(customers_at_start as bigint) as customers_at_start,
        cast(customers_retained as bigint) as customers_retained,
        cast(customers_at_end as bigint) as customers_at_end,
        cast(customers_new as bigint) as customers_new,
        cast(customers_at_end - customers_new as bigint) as customers_at_end_minus_new,
        {{ safe_ratio('customers_retained', 'customers_at_start') }} as retention_rate,
        {{ safe_ratio('customers_at_end', 'customers_at_start') }} as retention_rate_end_over_start,
        {{ safe_ratio('customers_at_end - customers_new', 'customers_at_start') }}
            as retention_rate_end_minus_new,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
