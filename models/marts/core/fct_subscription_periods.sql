with internal_accounts as (
    select account_id
    from {{ ref('dim_accounts') }}
    where is_current and is_internal
),

stretches as (
    select
        subscription_id,
        account_id,
        plan,
        valid_from,
        valid_to,
        is_voluntary,
        cancel_reason
    from {{ ref('int_subscriptions__spells') }}
    where
        account_id not in (select internal_accounts.account_id from internal_accounts)
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        acquisition_channel
    from {{ ref('int_accounts__members') }}
),

-- Another plan, a pause or another account is no end: the next stretch begins on the same day.
marked as (
    select
        *,
        valid_from > lag(valid_to) over by_day as is_return
    from stretches
    window by_day as (partition by subscription_id order by valid_from)
),

numbered as (
    select
        *,
        1 + count(*) filter (where is_return) over (
            partition by subscription_id
            order by valid_from
            rows between unbounded preceding and current row
        ) as spell_number
    from marked
),

spells as (
    select
        subscription_id,
        spell_number,
        min(valid_from) over spell as active_from,
        valid_to as active_to,
        is_voluntary,
        cancel_reason
    from numbered
    window spell as (partition by subscription_id, spell_number)
    qualify row_number() over (
        partition by subscription_id, spell_number
        order by valid_from desc
    ) = 1
),

moved as (
    {{ active_unit_periods('spells', 'subscription_id') }}
),

-- On the day it ended, a subscription still has the account and plan of the day before.
held as (
    select
        moved.*,
        stretches.account_id,
        stretches.plan
    from moved
    inner join stretches
        on
            moved.subscription_id = stretches.subscription_id
            and moved.member_date >= stretches.valid_from
            and moved.member_date <= stretches.valid_to
    qualify row_number() over (
        partition by moved.subscription_id, moved.period_grain, moved.period_index
        order by stretches.valid_from desc
    ) = 1
),

final as (
    select
        held.subscription_id,
        held.account_id,
        held.period_grain,
        held.period_index,
        held.period_start,
        held.period_end,
        held.is_active_at_start,
        held.is_active_at_end,
        held.is_lost,
        held.is_new,
        held.is_reactivated,
        held.is_retained,
        held.churn_events,
        held.reactivation_events,
        held.is_lost_voluntary,
        held.is_lost_involuntary,
        held.member_date,
        members.segment,
        members.industry,
        members.account_size_band,
        members.acquisition_channel,
        {{ tenure_band('held.member_date', 'held.first_active_date') }} as tenure_band,
        held.plan,
        held.cancel_reason
    from held
    left join members
        on
            held.account_id = members.account_id
            and held.member_date >= members.valid_from_date
            and held.member_date < members.valid_to_date
)

select * from final
