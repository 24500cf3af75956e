{%- set amounts = [
    'mrr_at_start', 'mrr_retained_net', 'mrr_retained_gross', 'mrr_reactivated_at_end', 'mrr_new',
    'mrr_expansion', 'mrr_contraction', 'mrr_churned', 'mrr_reactivated',
] %}
{%- set sums = ['mrr_retained_and_reactivated', 'mrr_gained', 'mrr_lost'] %}

with account_periods as (
    select
        account_id,
        period_grain,
        period_index as from_index,
        period_index as to_index,
        sales_rep,
        account_size_band,
        industry,
        country,
        acquisition_channel,
        {{ amounts | join(', ') }},
        cast(is_at_start as integer) as accounts_at_start,
        cast(is_lost as integer) as accounts_lost
    from {{ ref('fct_mrr_account_periods') }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'account_periods', 'kind': 'spells',
            'measures': amounts + ['accounts_at_start', 'accounts_lost'],
        },
    ]) }}
),

summed as (
    select
        *,
        mrr_retained_net + mrr_reactivated_at_end as mrr_retained_and_reactivated,
        mrr_new + mrr_expansion + mrr_reactivated as mrr_gained,
        mrr_contraction + mrr_churned as mrr_lost
    from rollup
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in amounts + sums %}
        cast({{ part }} as decimal(18, 4)) as {{ part }},
        {%- endfor %}
        cast(accounts_at_start as bigint) as accounts_at_start,
        cast(accounts_lost as bigint) as accounts_lost,
        {{ safe_ratio('mrr_retained_net', 'mrr_at_start') }} as nrr,
        {{ safe_ratio('mrr_retained_gross', 'mrr_at_start') }} as grr,
        {{ safe_ratio('mrr_retained_and_reactivated', 'mrr_at_start') }} as nrr_incl_reactivation,
        {{ safe_ratio('mrr_lost', 'mrr_at_start') }} as mrr_churn_rate,
        {{ safe_ratio('mrr_gained', 'mrr_lost') }} as quick_ratio,
        {{ safe_ratio('accounts_lost', 'accounts_at_start') }} as account_churn_rate,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from summed
)

select * from final
