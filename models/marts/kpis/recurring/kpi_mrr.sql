{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set members = (dimensions + ['']) | join(', ') %}
{%- set signs = {
    'new': '', 'expansion': '', 'contraction': '-', 'churned': '-', 'reactivated': '',
    'paused': '-', 'resumed': '', 'fx': '', 'transferred': '',
} %}
{%- set moved = [] %}
{%- set effects = [] %}
{%- for movement in signs %}
{%- do moved.append('mrr_' ~ movement) %}
{%- for effect in ['quantity', 'price', 'mix'] if movement in ['expansion', 'contraction'] %}
{%- do effects.append('mrr_' ~ movement ~ '_' ~ effect) %}
{%- endfor %}
{%- endfor %}

with spells as (
    select
        subscription_id,
        account_id,
        valid_from,
        valid_to,
        {{ members }}
        mrr,
        mrr as mrr_at_start,
        mrr_list_price,
        mrr_committed
    from {{ ref('fct_mrr_spells') }}
    where is_eligible
),

usage_spells as (
    select
        usage_charge_id,
        account_id,
        valid_from,
        valid_to,
        {{ members }}
        amount as usage_last_three_months,
        -- Of each charge by itself, so that members add up to the total.
        {{ money_share('amount', '1', '3') }} as usage_of_a_month
    from {{ ref('fct_usage_spells') }}
),

-- Losses are positive and are subtracted.
movements as (
    select
        account_id,
        {{ members }}
        {%- for part in moved %}
        {%- set movement = part.split('_')[1] %}
        case when movement_type = '{{ movement }}' then {{ signs[movement] }}mrr_change else 0 end
            as {{ part }},
        {%- endfor %}
        {%- for part in effects %}
        {%- set movement, effect = part.split('_')[1:] %}
        case
            when movement_type = '{{ movement }}' then {{ signs[movement] }}{{ effect }}_effect
            else 0
        end as {{ part }},
        {%- endfor %}
        movement_date as event_date
    from {{ ref('fct_mrr_movements') }}
),

paying_contracts as (
    select
        account_id,
        {{ members }}
        valid_from,
        valid_to
    from spells
    where mrr > 0
),

paying_accounts as (
    {{ unit_member_spells('paying_contracts', 'account_id', dimensions, 'accounts_active') }}
),

mrr_before as (
    {{ period_end_spells('spells', at='start') }}
),

mrr_at_end as (
    {{ period_end_spells('spells') }}
),

usage_at_end as (
    {{ period_end_spells('usage_spells') }}
),

accounts_at_end as (
    {{ period_end_spells('paying_accounts') }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'mrr_before', 'kind': 'spells', 'measures': ['mrr_at_start']},
        {'relation': 'movements', 'kind': 'events', 'measures': moved + effects},
        {
            'relation': 'mrr_at_end', 'kind': 'spells',
            'measures': ['mrr', 'mrr_list_price', 'mrr_committed'],
        },
        {
            'relation': 'usage_at_end', 'kind': 'spells',
            'measures': ['usage_last_three_months', 'usage_of_a_month'],
        },
        {
            'relation': 'accounts_at_end', 'kind': 'spells', 'is_by_member': true,
            'measures': ['accounts_active'],
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
        {%- for part in ['mrr_at_start'] + moved + effects + ['usage_last_three_months'] %}
        cast({{ part }} as decimal(18, 4)) as {{ part }},
        {%- endfor %}
        cast(accounts_active as bigint) as accounts_active,
        cast(mrr as decimal(18, 4)) as mrr,
        cast(12 * mrr as decimal(18, 4)) as arr,
        {{ safe_ratio('mrr', 'accounts_active') }} as arpa,
        cast(mrr_list_price as decimal(18, 4)) as mrr_list_price,
        cast(mrr_committed as decimal(18, 4)) as mrr_committed,
        cast(mrr + usage_of_a_month as decimal(18, 4)) as mrr_with_usage,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
