with periods as (
    select
        dim_periods.period_grain,
        dim_periods.period_index,
        dim_periods.period_start,
        dim_periods.period_end
    from {{ ref('dim_periods') }} as dim_periods
    where dim_periods.period_grain != 'day'
),

spells as (
    select
        account_id,
        spell_number,
        active_from,
        active_to,
        is_voluntary,
        cancel_reason,
        min(active_from) over (partition by account_id) as first_active_date
    from {{ ref('fct_account_spells') }}
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

plans as (
    select
        account_id,
        subscription_id,
        plan,
        start_date,
        valid_from,
        valid_to
    from {{ ref('int_subscriptions__spells') }}
),

-- Spells that reach into a period, and those that were lost on its first day: such an account was
-- active on the day before.
states as (
    select
        spells.account_id,
        periods.period_grain,
        periods.period_index,
        periods.period_start,
        periods.period_end,
        spells.first_active_date,
        bool_or(spells.active_from < periods.period_start) as is_active_at_start,
        bool_or(spells.active_to >= periods.period_end) as is_active_at_end,
        count(*) filter (where spells.active_to < periods.period_end) as churn_events,
        count(*) filter (
            where spells.spell_number > 1 and spells.active_from >= periods.period_start
        ) as reactivation_events,
        min(spells.active_from) filter (
            where spells.active_from >= periods.period_start
        ) as first_start_in_period,
        max(spells.active_to) filter (where spells.active_to < periods.period_end)
            as last_churn_date
    from spells
    inner join periods
        on
            spells.active_from < periods.period_end
            and spells.active_to >= periods.period_start
    group by
        spells.account_id,
        periods.period_grain,
        periods.period_index,
        periods.period_start,
        periods.period_end,
        spells.first_active_date
),

-- Members are read at the period's start, or on the first active day of those not active then.
moved as (
    select
        *,
        case when is_active_at_start then period_start else first_start_in_period end
            as member_date,
        is_active_at_start and not is_active_at_end as is_lost,
        is_active_at_end and not is_active_at_start and first_active_date >= period_start
            as is_new,
        is_active_at_end and not is_active_at_start and first_active_date < period_start
            as is_reactivated,
        is_active_at_start and is_active_at_end as is_retained
    from states
),

-- One plan for an account: that of its oldest contract running on the day, or up to that day.
account_plans as (
    select
        moved.account_id,
        moved.period_grain,
        moved.period_index,
        plans.plan
    from moved
    inner join plans
        on
            moved.account_id = plans.account_id
            and moved.member_date >= plans.valid_from
            and moved.member_date <= plans.valid_to
    qualify row_number() over (
        partition by moved.account_id, moved.period_grain, moved.period_index
        order by
            plans.valid_to > moved.member_date desc,
            plans.start_date asc,
            plans.subscription_id asc,
            plans.valid_from desc
    ) = 1
),

final as (
    select
        moved.account_id,
        moved.period_grain,
        moved.period_index,
        moved.period_start,
        moved.period_end,
        moved.is_active_at_start,
        moved.is_active_at_end,
        moved.is_lost,
        moved.is_new,
        moved.is_reactivated,
        moved.is_retained,
        cast(moved.churn_events as integer) as churn_events,
        cast(moved.reactivation_events as integer) as reactivation_events,
        moved.is_lost and coalesce(last_spells.is_voluntary, false) as is_lost_voluntary,
        moved.is_lost and coalesce(not last_spells.is_voluntary, false) as is_lost_involuntary,
        moved.member_date,
        members.segment,
        members.industry,
        members.account_size_band,
        members.acquisition_channel,
        case
            when moved.member_date < moved.first_active_date + interval 3 month
                then 'under 3 months'
            when moved.member_date < moved.first_active_date + interval 6 month
                then '3 to 6 months'
            when moved.member_date < moved.first_active_date + interval 12 month
                then '6 to 12 months'
            when moved.member_date < moved.first_active_date + interval 24 month
                then '12 to 24 months'
            else 'over 24 months'
        end as tenure_band,
        coalesce(account_plans.plan, '(no plan)') as plan,
        case when moved.is_lost then coalesce(last_spells.cancel_reason, '(unknown)') end
            as cancel_reason
    from moved
    left join spells as last_spells
        on
            moved.account_id = last_spells.account_id
            and moved.last_churn_date = last_spells.active_to
    left join members
        on
            moved.account_id = members.account_id
            and moved.member_date >= members.valid_from_date
            and moved.member_date < members.valid_to_date
    left join account_plans
        on
            moved.account_id = account_plans.account_id
            and moved.period_grain = account_plans.period_grain
            and moved.period_index = account_plans.period_index
)

select * from final
