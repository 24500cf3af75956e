{%- set dimensions = rollup_setting('dimensions') -%}
{#- Suffix of the parts to the answers they count. -#}
{%- set counted = {
    '': "survey_type = 'relationship'",
    '_transactional': "survey_type = 'transactional'",
} -%}
{%- set suffixes = ['', '_transactional', '_all', '_without_resurveys'] -%}

with responses as (
    select
        response_id,
        survey_type,
        account_id,
        invited_date,
        responded_at,
        responded_date,
        is_answered,
        is_resurvey,
        is_anonymous,
        -- An answer without a contact is a person of its own.
        survey_type || '|' || coalesce(contact_id, '|' || response_id) as respondent,
        {%- for name in ['segment', 'industry', 'account_size_band', 'product'] %}
        case when not is_anonymous then {{ name }} end as {{ name }},
        {%- endfor %}
        case when not is_anonymous then coalesce(account_id, '(no account)') end as account,
        case when nps_group = 'promoter' then 1 else 0 end as promoter,
        case when nps_group = 'passive' then 1 else 0 end as passive,
        case when nps_group = 'detractor' then 1 else 0 end as detractor
    from {{ ref('fct_survey_responses') }}
    where is_eligible
),

answers as (
    select
        responded_date as event_date,
        *
    from responses
    where is_answered
),

last_answers as (
    {{ unit_period_spells('answers', 'respondent', order_by='(responded_at, response_id)')
        | indent(4) }}
),

last_counts as (
    select
        *,
        {%- for suffix, condition in counted.items() %}
        case when {{ condition }} then promoter else 0 end as promoters{{ suffix }},
        case when {{ condition }} then passive else 0 end as passives{{ suffix }},
        case when {{ condition }} then detractor else 0 end as detractors{{ suffix }},
        case when {{ condition }} then 1 else 0 end as responses{{ suffix }},
        {%- endfor %}
        case when survey_type = 'relationship' and is_anonymous then 1 else 0 end
            as responses_anonymous
    from last_answers
),

all_counts as (
    select
        *,
        promoter as promoters_all,
        detractor as detractors_all,
        1 as responses_all,
        case when is_resurvey then 1 else 0 end as responses_resurveyed
    from answers
    where survey_type = 'relationship'
),

spaced_answers as (
    select *
    from all_counts
    where not is_resurvey
),

last_spaced_answers as (
    {{ unit_period_spells('spaced_answers', 'respondent', order_by='(responded_at, response_id)')
        | indent(4) }}
),

spaced_counts as (
    select
        *,
        promoter as promoters_without_resurveys,
        detractor as detractors_without_resurveys,
        1 as responses_without_resurveys
    from last_spaced_answers
),

invitations as (
    select
        invited_date as event_date,
        * exclude (invited_date),
        1 as invited,
        case when is_answered then 1 else 0 end as invited_answered
    from responses
    where invited_date is not null and survey_type = 'relationship'
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'last_counts', 'kind': 'spells',
            'measures': [
                'promoters', 'passives', 'detractors', 'responses', 'responses_anonymous',
                'promoters_transactional', 'detractors_transactional', 'responses_transactional',
            ],
        },
        {
            'relation': 'all_counts', 'kind': 'events',
            'measures': [
                'promoters_all', 'detractors_all', 'responses_all', 'responses_resurveyed',
            ],
        },
        {
            'relation': 'spaced_counts', 'kind': 'spells',
            'measures': [
                'promoters_without_resurveys', 'detractors_without_resurveys',
                'responses_without_resurveys',
            ],
        },
        {
            'relation': 'invitations', 'kind': 'events',
            'measures': ['invited', 'invited_answered'],
        },
    ]) | indent(4) }}
),

-- A score of each account in each cell, which is no sum of what the rollup counts.
account_answers as (
    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.trailing_year_start,
        last_answers.account_id,
        {%- for name in dimensions %}
        last_answers.{{ name }},
        {%- endfor %}
        last_answers.promoter - last_answers.detractor as net_promoter
    from last_answers
    inner join {{ ref('dim_periods') }} as periods
        on
            last_answers.period_grain = periods.period_grain
            and periods.period_index between last_answers.from_index and last_answers.to_index
    where last_answers.survey_type = 'relationship' and last_answers.account_id is not null
),

account_scores as (
    {%- for name in ['total'] + (dimensions | list) %}
    select
        period_grain,
        period_start,
        period_end,
        trailing_year_start,
        '{{ name }}' as dimension,
        {{ "'all'" if name == 'total' else name }} as dimension_value,
        account_id,
        cast(cast(sum(net_promoter) as double) * 100 / count(*) as decimal(18, 12)) as score
    from account_answers
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

net_sales_days as (
    select
        account_id,
        entry_date,
        sum(gross_sales - discounts - returns - cancellations) as net_sales
    from {{ ref('fct_sales_entries') }}
    where is_eligible
    group by account_id, entry_date
),

surveyed_accounts as (
    select distinct
        account_id,
        period_grain,
        period_start,
        period_end,
        trailing_year_start
    from account_answers
),

account_weights as (
    select
        surveyed_accounts.account_id,
        surveyed_accounts.period_grain,
        surveyed_accounts.period_start,
        greatest(sum(net_sales_days.net_sales), 0) as net_sales
    from surveyed_accounts
    inner join net_sales_days
        on
            surveyed_accounts.account_id = net_sales_days.account_id
            and surveyed_accounts.trailing_year_start <= net_sales_days.entry_date
            and surveyed_accounts.period_end > net_sales_days.entry_date
    group by all
),

scored as (
    select
        account_scores.period_grain,
        account_scores.period_start,
        account_scores.dimension,
        account_scores.dimension_value,
        count(*) as accounts,
        sum(account_scores.score) as account_score_sum,
        sum(coalesce(account_weights.net_sales, 0)) as account_net_sales,
        sum(
            cast(account_scores.score as decimal(38, 12))
            * cast(coalesce(account_weights.net_sales, 0) as decimal(18, 4))
        ) as account_score_net_sales
    from account_scores
    left join account_weights
        on
            account_scores.account_id = account_weights.account_id
            and account_scores.period_grain = account_weights.period_grain
            and account_scores.period_start = account_weights.period_start
    group by all
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for suffix in suffixes %}
        cast(rollup.promoters{{ suffix }} as bigint) as promoters{{ suffix }},
        {%- if suffix == '' %}
        cast(rollup.passives as bigint) as passives,
        {%- endif %}
        cast(rollup.detractors{{ suffix }} as bigint) as detractors{{ suffix }},
        cast(
            rollup.promoters{{ suffix }} - rollup.detractors{{ suffix }} as bigint
        ) as net_promoters{{ suffix }},
        cast(rollup.responses{{ suffix }} as bigint) as responses{{ suffix }},
        {%- endfor %}
        cast(rollup.responses_resurveyed as bigint) as responses_resurveyed,
        cast(rollup.responses_anonymous as bigint) as responses_anonymous,
        cast(rollup.invited as bigint) as invited,
        cast(rollup.invited_answered as bigint) as invited_answered,
        {%- for part, type in {
            'accounts': 'bigint',
            'account_score_sum': 'decimal(38, 12)',
            'account_net_sales': 'decimal(18, 4)',
            'account_score_net_sales': 'decimal(38, 16)',
        }.items() %}
        cast(
            {{ when_delivered(part, 'coalesce(scored.' ~ part ~ ', 0)') }} as {{ type }}
        ) as {{ part }},
        {%- endfor %}
        {%- for suffix, name in {
            '': 'nps', '_transactional': 'nps_transactional', '_all': 'nps_all_responses',
            '_without_resurveys': 'nps_without_resurveys',
        }.items() %}
        100 * {{ safe_ratio('net_promoters' ~ suffix, 'rollup.responses' ~ suffix) }} as {{ name }},
        {%- endfor %}
        -- Scores of accounts have twelve places; what a float adds behind them could pass 100.
        round({{ safe_ratio('account_score_sum', 'accounts') }}, 10) as nps_account_equal,
        round({{ safe_ratio('account_score_net_sales', 'account_net_sales') }}, 10)
            as nps_revenue_weighted,
        {{ safe_ratio('rollup.invited_answered', 'rollup.invited') }} as nps_response_rate,
        {%- for suffix, name in {
            '': 'nps', '_transactional': 'nps_transactional',
            '_without_resurveys': 'nps_without_resurveys',
        }.items() %}
        {%- for bound, side in {'low': '-', 'high': '+'}.items() %}
        {{ nps_bound(
            'rollup.promoters' ~ suffix, 'rollup.detractors' ~ suffix,
            'rollup.responses' ~ suffix, side
        ) | indent(8) }} as {{ name }}_ci_{{ bound }},
        {%- endfor %}
        {%- endfor %}
        rollup.is_complete_period,
        rollup.is_complete_period as is_mature,
        rollup.as_of
    from rollup
    left join scored
        on
            rollup.period_grain = scored.period_grain
            and rollup.period_start = scored.period_start
            and rollup.dimension = scored.dimension
            and rollup.dimension_value = scored.dimension_value
)

select * from final
