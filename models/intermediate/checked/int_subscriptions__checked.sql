with subscriptions as (
    select
        subscription_id,
        company_id,
        source_name,
        row_hash,
        cast(quantity as decimal(19, 4)) * unit_price as amount
    from {{ ref('stg_contract__subscriptions') }}
),

converted as (
    select
        subscription_id,
        account_id,
        valid_from,
        valid_to,
        mrr,
        is_fx_missing
    from {{ ref('int_subscriptions__converted') }}
),

without_rate as (
    select distinct subscription_id
    from converted
    where is_fx_missing
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

-- What counts nowhere says nothing against the contracts of others.
counted as (
    select converted.*
    from converted
    left join without_rate
        on converted.subscription_id = without_rate.subscription_id
    left join internal_accounts
        on converted.account_id = internal_accounts.account_id
    where
        without_rate.subscription_id is null
        and internal_accounts.account_id is null
),

steps as (
    select
        account_id,
        valid_from as step_date,
        mrr as mrr_change
    from counted
    union all
    select
        account_id,
        valid_to as step_date,
        -mrr as mrr_change
    from counted
),

account_days as (
    select
        account_id,
        step_date,
        sum(sum(mrr_change)) over (partition by account_id order by step_date) as account_mrr
    from steps
    group by account_id, step_date
),

negative_accounts as (
    select distinct account_id
    from account_days
    where account_mrr < 0
),

-- A contract that moved on takes its other holders along: without it they might be negative too.
links as (
    select distinct
        holders.account_id as from_id,
        others.account_id as to_id
    from counted as holders
    inner join counted as others
        on
            holders.subscription_id = others.subscription_id
            and holders.account_id != others.account_id
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

rejected_accounts as (
    select account_id
    from negative_accounts
    union
    select closure.to_id as account_id
    from closure
    inner join negative_accounts
        on closure.from_id = negative_accounts.account_id
),

of_negative_accounts as (
    select distinct counted.subscription_id
    from counted
    inner join rejected_accounts
        on counted.account_id = rejected_accounts.account_id
),

final as (
    select
        subscriptions.subscription_id,
        subscriptions.company_id,
        'subscriptions' as table_name,
        subscriptions.source_name,
        subscriptions.row_hash,
        case
            when without_rate.subscription_id is not null then 'fx_missing'
            when of_negative_accounts.subscription_id is not null then 'negative_mrr'
        end as reject_reason,
        subscriptions.subscription_id as row_key,
        cast(subscriptions.amount as decimal(18, 4)) as amount
    from subscriptions
    left join without_rate
        on subscriptions.subscription_id = without_rate.subscription_id
    left join of_negative_accounts
        on subscriptions.subscription_id = of_negative_accounts.subscription_id
)

select * from final
