{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_units',
    unique_key=['email_hash', 'list_name', 'account_id', 'period_grain', 'period_index'],
    meta={
        'units_of_rows': {
            'fct_email_list_spells': ['email_hash', 'list_name', 'account_id'],
            'int_accounts__members': ['account_id'],
            'int_subscriptions__spells': ['account_id'],
            'dim_periods': ['period_grain', 'period_index'],
        },
        'keeps_changes': 'rows',
        'event_time': 'period_start',
    },
    pre_hook='{{ find_units_of_changed_rows() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
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
        subscription_id,
        plan,
        start_date,
        valid_from,
        valid_to
    from {{ ref('int_subscriptions__spells') }}
),

-- Members are read at the period's start, or on the first day on the list of those not on it then.
moved as (
    {{ active_unit_periods('spells', 'email_hash, list_name, account_id') }}
),

account_plans as (
    {{ account_plans('moved') | indent(4) }}
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
        coalesce(account_plans.plan, '(no plan)') as plan,
        moved.cancel_reason
    from moved
    left join members
        on
            moved.account_id = members.account_id
            and moved.member_date >= members.valid_from_date
            and moved.member_date < members.valid_to_date
    left join account_plans
        on
            moved.account_id = account_plans.account_id
            and moved.member_date = account_plans.member_date
)

select * from final
