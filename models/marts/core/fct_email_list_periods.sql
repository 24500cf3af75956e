with spells as (
    select
        email_hash,
        list_name,
        account_id,
        spell_number,
        active_from,
        active_to,
        is_voluntary,
        end_reason as cancel_reason
    from {{ ref('fct_email_list_spells') }}
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
        period_grain,
        period_index,
        plan
    from {{ ref('fct_account_periods') }}
),

moved as (
    {{ active_unit_periods('spells', 'email_hash, list_name, account_id') }}
),

final as (
    select
        moved.email_hash,
        moved.list_name,
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
        moved.churn_events,
        moved.reactivation_events,
        moved.is_lost_voluntary,
        moved.is_lost_involuntary,
        moved.member_date,
        coalesce(members.segment, '(unknown)') as segment,
        coalesce(members.industry, '(unknown)') as industry,
        coalesce(members.account_size_band, '(unknown)') as account_size_band,
        coalesce(members.acquisition_channel, '(unattributed)') as acquisition_channel,
        {{ tenure_band('moved.member_date', 'moved.first_active_date') }} as tenure_band,
        coalesce(plans.plan, '(no plan)') as plan,
        moved.cancel_reason
    from moved
    left join members
        on
            moved.account_id = members.account_id
            and moved.member_date >= members.valid_from_date
            and moved.member_date < members.valid_to_date
    left join plans
        on
            moved.account_id = plans.account_id
            and moved.period_grain = plans.period_grain
            and moved.period_index = plans.period_index
)

select * from final
