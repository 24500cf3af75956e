with charges as (
    select
        usage_charge_id,
        subscription_id,
        source_name,
        usage_date,
        currency_code,
        amount_local,
        row_exclusion,
        {{ money_multiply('amount_local', 'fx_rate') }} as amount
    from {{ ref('int_usage_charges__checked') }}
    where reject_reason is null
),

spells as (
    select
        subscription_id,
        account_id,
        valid_from,
        valid_to,
        exclusion_reason
    from {{ ref('fct_mrr_spells') }}
),

final as (
    select
        charges.usage_charge_id,
        charges.subscription_id,
        charges.source_name,
        coalesce(spells.account_id, '(no account)') as account_id,
        charges.usage_date,
        charges.currency_code,
        charges.amount_local,
        charges.amount,
        charges.row_exclusion is null and spells.subscription_id is not null
        and coalesce(spells.exclusion_reason, '') != 'internal_account' as is_eligible,
        case
            when charges.row_exclusion is not null then charges.row_exclusion
            when spells.subscription_id is null then 'not_running'
            when spells.exclusion_reason = 'internal_account' then 'internal_account'
        end as exclusion_reason
    from charges
    left join spells
        on
            charges.subscription_id = spells.subscription_id
            and charges.usage_date >= spells.valid_from
            and charges.usage_date < spells.valid_to
)

select * from final
