with accepted as (
    select subscription_id
    from {{ ref('int_subscriptions__checked') }}
    where reject_reason is null
),

converted as (
    select converted.*
    from {{ ref('int_subscriptions__converted') }} as converted
    inner join accepted on converted.subscription_id = accepted.subscription_id
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        account_size_band,
        industry,
        country,
        acquisition_channel,
        ultimate_parent
    from {{ ref('int_accounts__members') }}
),

internal_accounts as (
    select account_id
    from {{ ref('dim_accounts') }}
    where is_current and is_internal
),

-- A contract that outlasts a version of its account goes on under the next one.
stretches as (
    select
        {{ columns_except(['valid_from', 'valid_to'], 'converted') }},
        greatest(converted.valid_from, coalesce(members.valid_from_date, converted.valid_from))
            as valid_from,
        least(converted.valid_to, coalesce(members.valid_to_date, converted.valid_to)) as valid_to,
        coalesce(members.account_size_band, '(unknown)') as account_size_band,
        coalesce(members.industry, '(unknown)') as industry,
        coalesce(members.country, '(unknown)') as country,
        coalesce(members.acquisition_channel, '(unattributed)') as acquisition_channel,
        coalesce(members.ultimate_parent, converted.account_id) as ultimate_parent,
        case
            when internal_accounts.account_id is not null then 'internal_account'
            when converted.is_metered then 'metered'
            when converted.is_trial then 'trial'
            when converted.is_paused then 'paused'
        end as exclusion_reason
    from converted
    left join members
        on
            converted.account_id = members.account_id
            and converted.valid_from < members.valid_to_date
            and converted.valid_to > members.valid_from_date
    left join internal_accounts on converted.account_id = internal_accounts.account_id
),

final as (
    select
        subscription_id,
        account_id,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        plan,
        sales_rep,
        account_size_band,
        industry,
        country,
        acquisition_channel,
        currency,
        ultimate_parent,
        product,
        quantity,
        unit_price as unit_price_local,
        discount_amount as discount_amount_local,
        billing_interval,
        interval_count,
        fx_rate,
        monthly_amount,
        cast(case when exclusion_reason is null then mrr else 0 end as decimal(18, 4)) as mrr,
        cast(case when exclusion_reason is null then mrr_list_price else 0 end as decimal(18, 4))
            as mrr_list_price,
        cast(
            case when exclusion_reason is null and not is_cancel_requested then mrr else 0 end
            as decimal(18, 4)
        ) as mrr_committed,
        exclusion_reason is null as is_eligible,
        exclusion_reason
    from stretches
)

select * from final
