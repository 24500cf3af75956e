{%- set members = [
    'plan', 'sales_rep', 'account_size_band', 'industry', 'country', 'acquisition_channel',
    'currency', 'ultimate_parent',
] %}

with charges as (
    select
        usage_charge_id,
        subscription_id,
        usage_date,
        cast(usage_date + interval 3 month as date) as counts_to,
        amount
    from {{ ref('fct_usage_charges') }}
    where is_eligible
),

spells as (
    select
        subscription_id,
        account_id,
        valid_from,
        valid_to,
        {{ members | join(', ') }}
    from {{ ref('fct_mrr_spells') }}
    where coalesce(exclusion_reason, '') != 'internal_account'
),

final as (
    select
        charges.usage_charge_id,
        spells.account_id,
        greatest(spells.valid_from, charges.usage_date) as valid_from,
        least(spells.valid_to, charges.counts_to) as valid_to,
        {%- for member in members %}
        spells.{{ member }},
        {%- endfor %}
        charges.amount
    from charges
    inner join spells
        on
            charges.subscription_id = spells.subscription_id
            and charges.usage_date < spells.valid_to
            and charges.counts_to > spells.valid_from
)

select * from final
