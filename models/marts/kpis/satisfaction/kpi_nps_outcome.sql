with answers as (
    select
        response_id,
        account_id,
        responded_at,
        responded_date as event_date,
        -- An answer without a contact is a person of its own.
        coalesce(contact_id, '|' || response_id) as respondent,
        nps_group,
        cast(is_customer as integer) as accounts_active,
        cast(is_retained as integer) as accounts_retained,
        net_sales_before,
        net_sales_after,
        cast(net_sales_before as double) * net_sales_before as before_squared,
        cast(net_sales_before as double) * net_sales_after as before_by_after,
        cast(net_sales_after as double) * net_sales_after as after_squared
    from {{ ref('fct_survey_outcomes') }}
    where is_outcome_known
),

account_answers as (
    {{ unit_period_spells('answers', 'account_id', order_by='(responded_at, response_id)')
        | indent(4) }}
),

accounts as (
    select
        *,
        1 as accounts
    from account_answers
),

contact_answers as (
    {{ unit_period_spells('answers', 'respondent', order_by='(responded_at, response_id)')
        | indent(4) }}
),

respondents as (
    select
        *,
        1 as respondents
    from contact_answers
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'accounts', 'kind': 'spells',
            'measures': [
                'accounts', 'accounts_active', 'accounts_retained', 'net_sales_before',
                'net_sales_after', 'before_squared', 'before_by_after', 'after_squared',
            ],
        },
        {'relation': 'respondents', 'kind': 'spells', 'measures': ['respondents']},
    ]) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in ['respondents', 'accounts', 'accounts_active', 'accounts_retained'] %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(net_sales_before as decimal(18, 4)) as net_sales_before,
        cast(net_sales_after as decimal(18, 4)) as net_sales_after,
        {{ safe_ratio('accounts_retained', 'accounts_active') }} as nps_outcome_retention_rate,
        {{ safe_ratio('net_sales_after', 'net_sales_before') }} as nps_outcome_expansion,
        {%- for bound, side in {'low': '-', 'high': '+'}.items() %}
        {{ delta_bound(
            'net_sales_after', 'net_sales_before', 'accounts', 'after_squared', 'before_by_after',
            'before_squared', side, [none, none]
        ) | indent(8) }} as nps_outcome_expansion_ci_{{ bound }},
        {%- endfor %}
        is_complete_period,
        {{ reporting_midnight('period_end + ' ~ var('nps_outcome_days')) }} <= as_of as is_mature,
        as_of
    from rollup
)

select * from final
