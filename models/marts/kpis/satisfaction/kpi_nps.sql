{{ config(
    meta={'units': {
        'fct_survey_responses': {
            'response': 'response_id',
            'person': 'contact_id',
            'account': 'account_id',
        },
        'fct_nps_account_weights': {'account': 'account_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') -%}
{#- Suffix of a score to the answers it counts: the last one of each person in the period, or all. -#}
{%- set scores = {
    '': "survey_type = 'relationship'",
    '_transactional': "survey_type = 'transactional'",
    '_all': "survey_type = 'relationship'",
    '_without_resurveys': "survey_type = 'relationship' and not is_resurvey",
} -%}
{%- set counts = ['promoters', 'passives', 'detractors', 'net_promoters', 'responses'] -%}
{%- set further_counts = {'': ['responses_anonymous'], '_all': ['responses_resurveyed']} -%}
{%- set inputs = [
    {
        'relation': 'invitations', 'kind': 'events',
        'measures': ['invited', 'invited_answered'],
    },
    {
        'relation': 'account_scores', 'kind': 'spells', 'is_by_member': true,
        'measures': [
            'accounts', 'account_score_sum', 'account_net_sales', 'account_score_net_sales',
        ],
    },
] -%}

with responses as (
    select
        response_id,
        account_id,
        survey_type,
        invited_date,
        responded_at,
        responded_date,
        is_answered,
        is_resurvey,
        -- An answer without a contact is a person of its own.
        coalesce(contact_id, '|' || response_id) as respondent,
        {%- for name in ['segment', 'industry', 'account_size_band', 'product'] %}
        case when not is_anonymous then {{ name }} end as {{ name }},
        {%- endfor %}
        case when not is_anonymous then coalesce(account_id, '(no account)') end as account,
        cast(nps_group = 'promoter' as integer) as promoters,
        cast(nps_group = 'passive' as integer) as passives,
        cast(nps_group = 'detractor' as integer) as detractors,
        promoters - detractors as net_promoters,
        1 as responses,
        cast(is_anonymous as integer) as responses_anonymous,
        cast(is_resurvey as integer) as responses_resurveyed
    from {{ rows_to_sum(ref('fct_survey_responses')) }}
    where is_eligible
),

account_weights as (
    select
        account_id,
        period_end,
        net_sales
    from {{ rows_to_sum(ref('fct_nps_account_weights')) }}
),

{% for suffix, condition in scores.items() -%}
{%- set measures = further_counts.get(suffix, []) | list -%}
answers{{ suffix }} as (
    select
        {{ columns_except(counts) }},
        responded_date as event_date,
        {%- for count in counts %}
        {%- do measures.append(count ~ suffix) %}
        {{ count }} as {{ count }}{{ suffix }}{{ ',' if not loop.last }}
        {%- endfor %}
    from responses
    where is_answered and {{ condition }}
),

{% if suffix != '_all' -%}
last_answers{{ suffix }} as (
    {{ unit_period_spells(
        'answers' ~ suffix, 'respondent', order_by='(responded_at, response_id)'
    ) | indent(4) }}
),

{% endif -%}
{%- do inputs.append({
    'relation': 'answers_all' if suffix == '_all' else 'last_answers' ~ suffix,
    'kind': 'events' if suffix == '_all' else 'spells',
    'measures': measures,
}) -%}
{%- endfor -%}

invitations as (
    select
        {{ columns_except(['invited_date']) }},
        invited_date as event_date,
        1 as invited,
        cast(is_answered as integer) as invited_answered
    from responses
    where invited_date is not null and survey_type = 'relationship'
),

-- An account has one score in each period and member, which is no sum of the counts above.
surveyed_accounts as (
    select
        last_answers.*,
        periods.period_index,
        periods.period_end
    from last_answers
    inner join {{ ref('dim_periods') }} as periods
        on
            last_answers.period_grain = periods.period_grain
            and periods.period_index between last_answers.from_index and last_answers.to_index
    where last_answers.account_id is not null
),

account_answers as (
    {{ unit_members(
        'surveyed_accounts', 'account_id, period_grain, period_index, period_end',
        dimensions, ['net_promoters', 'responses']
    ) | indent(4) }}
),

account_scores as (
    select
        account_answers.account_id,
        account_answers.period_grain,
        account_answers.period_index as from_index,
        account_answers.period_index as to_index,
        account_answers.dimension,
        account_answers.dimension_value,
        1 as accounts,
        cast(
            cast(account_answers.net_promoters as double) * 100 / account_answers.responses
            as decimal(38, 12)
        ) as account_score_sum,
        account_weights.net_sales as account_net_sales,
        cast(account_score_sum as decimal(19, 12)) * cast(account_weights.net_sales as decimal(18, 4))
            as account_score_net_sales
    from account_answers
    left join account_weights
        on
            account_answers.account_id = account_weights.account_id
            and account_answers.period_end = account_weights.period_end
),

rollup as (
    {{ kpi_rollup(inputs) | indent(4) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for suffix in scores %}
        {%- for count in counts if suffix == '' or count != 'passives' %}
        cast({{ count }}{{ suffix }} as bigint) as {{ count }}{{ suffix }},
        {%- endfor %}
        {%- endfor %}
        {%- for part in [
            'responses_resurveyed', 'responses_anonymous', 'invited', 'invited_answered', 'accounts',
        ] %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(account_score_sum as decimal(38, 12)) as account_score_sum,
        cast(account_net_sales as decimal(18, 4)) as account_net_sales,
        cast(account_score_net_sales as decimal(38, 16)) as account_score_net_sales,
        {%- for suffix, name in {
            '': 'nps', '_transactional': 'nps_transactional', '_all': 'nps_all_responses',
            '_without_resurveys': 'nps_without_resurveys',
        }.items() %}
        100 * {{ safe_ratio('net_promoters' ~ suffix, 'responses' ~ suffix) }} as {{ name }},
        {%- endfor %}
        -- Scores of accounts have twelve places; what a float adds behind them could pass 100.
        round({{ safe_ratio('account_score_sum', 'accounts') }}, 10) as nps_account_equal,
        round({{ safe_ratio('account_score_net_sales', 'account_net_sales') }}, 10)
            as nps_revenue_weighted,
        {{ safe_ratio('invited_answered', 'invited') }} as nps_response_rate,
        {%- for suffix in scores if suffix != '_all' %}
        {%- for bound, side in {'low': '-', 'high': '+'}.items() %}
        {{ nps_bound('promoters' ~ suffix, 'detractors' ~ suffix, 'responses' ~ suffix, side)
            | indent(8) }} as nps{{ suffix }}_ci_{{ bound }},
        {%- endfor %}
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
