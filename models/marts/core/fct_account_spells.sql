with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

order_days as (
    select distinct
        account_id,
        order_date
    from {{ ref('int_orders__resolved') }}
    where is_valid_order
),

internal_accounts as (
    select account_id
    from {{ ref('dim_accounts') }}
    where is_current and is_internal
),

contract_days as (
    select
        account_id,
        valid_from,
        valid_to,
        end_reason,
        is_voluntary,
        cancel_reason
    from {{ ref('int_subscriptions__spells') }}
    where
        account_id not in (select internal_accounts.account_id from internal_accounts)
),

-- Days on which one rule or the other says that the account is active.
ranges as (
    select
        account_id,
        order_date as active_from,
        cast(order_date + interval {{ var('inactivity_days') }} day as date) as active_to,
        'inactivity' as end_reason,
        cast(null as boolean) as is_voluntary,
        cast(null as string) as cancel_reason
    from order_days
    union all
    select
        account_id,
        valid_from as active_from,
        valid_to as active_to,
        end_reason,
        is_voluntary,
        cancel_reason
    from contract_days
),

-- A range that begins on the churn date of those before it leaves no day without activity.
marked as (
    select
        *,
        active_from > max(active_to) over (
            partition by account_id
            order by active_from, active_to
            rows between unbounded preceding and 1 preceding
        ) as is_reactivation
    from ranges
),

numbered as (
    select
        *,
        1 + count(*) filter (where is_reactivation) over (
            partition by account_id
            order by active_from, active_to
            rows between unbounded preceding and current row
        ) as spell_number
    from marked
),

-- What ended a spell is what ended last; a contract explains more than silence does.
spells as (
    select
        account_id,
        spell_number,
        min(active_from) over spell as active_from,
        active_to,
        end_reason,
        is_voluntary,
        cancel_reason
    from numbered
    window spell as (partition by account_id, spell_number)
    qualify row_number() over (
        partition by account_id, spell_number
        order by
            active_to desc,
            case end_reason
                when 'non_payment' then 1
                when 'cancelled' then 2
                when 'transferred' then 3
                else 4
            end asc,
            cancel_reason asc nulls last
    ) = 1
),

known as (
    select
        spells.*,
        spells.active_to <= clock.as_of_date as is_lost
    from spells
    cross join clock
),

final as (
    select
        account_id,
        cast(spell_number as integer) as spell_number,
        active_from,
        case when is_lost then active_to else date '9999-12-31' end as active_to,
        case when is_lost then end_reason end as end_reason,
        case when is_lost then is_voluntary end as is_voluntary,
        case when is_lost then cancel_reason end as cancel_reason
    from known
)

select * from final
