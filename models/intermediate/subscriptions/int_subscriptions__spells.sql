with clock as (
    select
        as_of,
        as_of_date
    from {{ ref('int_build__clock') }}
),

accounts as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

subscriptions as (
    select
        contracts.subscription_id,
        contracts.company_id,
        contracts.start_date,
        contracts.plan_name,
        contracts.cancel_reason,
        coalesce(contracts.is_involuntary, false) as is_involuntary,
        coalesce(contracts.end_date, date '9999-12-31') as ends_on,
        coalesce(
            cast(contracts.past_due_since + interval {{ var('dunning_days') }} day as date),
            date '9999-12-31'
        ) as dunned_on
    from {{ ref('stg_contract__subscriptions') }} as contracts
    cross join clock
    where
        {{ row_exclusion(reporting_midnight('contracts.start_date'), 'contracts') }} is null
),

changes as (
    select
        contract_changes.subscription_id,
        contract_changes.effective_date,
        contract_changes.change_type,
        contract_changes.plan_name,
        contract_changes.company_id,
        contract_changes.recorded_at,
        contract_changes.change_id
    from {{ ref('stg_contract__subscription_changes') }} as contract_changes
    cross join clock
    where
        {{ row_exclusion(
            reporting_midnight('contract_changes.effective_date'), 'contract_changes'
        ) }} is null
        and coalesce(contract_changes.recorded_at <= clock.as_of, true)
),

-- The row of a subscription is its state on the first day; each change moves some of it.
steps as (
    select
        subscription_id,
        start_date as valid_from,
        cast(null as timestamp) as recorded_at,
        cast(null as varchar) as change_id,
        true as is_first,
        true as is_running,
        company_id,
        plan_name
    from subscriptions
    union all
    select
        changes.subscription_id,
        greatest(changes.effective_date, subscriptions.start_date) as valid_from,
        changes.recorded_at,
        changes.change_id,
        false as is_first,
        -- A pause is no end: the contract stands.
        case
            when changes.change_type = 'end' then false
            when changes.change_type in ('start', 'resume') then true
        end as is_running,
        changes.company_id,
        changes.plan_name
    from changes
    inner join subscriptions
        on changes.subscription_id = subscriptions.subscription_id
),

filled as (
    select
        subscription_id,
        valid_from,
        last_value(is_running ignore nulls) over so_far as is_running,
        last_value(company_id ignore nulls) over so_far as company_id,
        last_value(plan_name ignore nulls) over so_far as plan_name,
        row_number() over so_far as step_number
    from steps
    window
        so_far as (
            partition by subscription_id
            order by valid_from asc, is_first desc, recorded_at asc, change_id asc
            rows between unbounded preceding and current row
        )
),

-- Of several changes on one day the last one holds.
daily as (
    select
        subscription_id,
        valid_from,
        is_running,
        company_id,
        plan_name
    from filled
    qualify row_number() over (
        partition by subscription_id, valid_from
        order by step_number desc
    ) = 1
),

states as (
    select
        *,
        lead(valid_from, 1, date '9999-12-31') over by_day as next_from,
        lead(is_running, 1, false) over by_day as is_running_next,
        lead(company_id) over by_day as next_company_id
    from daily
    window by_day as (partition by subscription_id order by valid_from)
),

stretches as (
    select
        states.subscription_id,
        coalesce(accounts.account_id, states.company_id) as account_id,
        coalesce(next_accounts.account_id, states.next_company_id) as next_account_id,
        coalesce(states.plan_name, '(unknown)') as plan,
        subscriptions.start_date,
        states.valid_from,
        states.next_from,
        states.is_running_next,
        subscriptions.ends_on,
        subscriptions.dunned_on,
        least(states.next_from, subscriptions.ends_on, subscriptions.dunned_on) as valid_to,
        subscriptions.is_involuntary,
        subscriptions.cancel_reason
    from states
    inner join subscriptions
        on states.subscription_id = subscriptions.subscription_id
    left join accounts
        on states.company_id = accounts.company_id
    left join accounts as next_accounts
        on states.next_company_id = next_accounts.company_id
    where
        states.is_running
),

judged as (
    select
        stretches.*,
        case
            -- What has not happened by the data's clock is not known yet.
            when stretches.valid_to > clock.as_of_date then null
            when stretches.dunned_on <= least(stretches.next_from, stretches.ends_on)
                then 'non_payment'
            when stretches.ends_on <= stretches.next_from or not stretches.is_running_next
                then case when stretches.is_involuntary then 'non_payment' else 'cancelled' end
            when stretches.next_account_id != stretches.account_id then 'transferred'
        end as end_reason
    from stretches
    cross join clock
    where stretches.valid_from < stretches.valid_to
),

final as (
    select
        judged.subscription_id,
        judged.account_id,
        judged.plan,
        judged.start_date,
        judged.valid_from,
        case
            when judged.valid_to > clock.as_of_date then date '9999-12-31'
            else judged.valid_to
        end as valid_to,
        judged.end_reason,
        case judged.end_reason when 'cancelled' then true when 'non_payment' then false end
            as is_voluntary,
        case when judged.end_reason in ('cancelled', 'non_payment') then judged.cancel_reason end
            as cancel_reason
    from judged
    cross join clock
)

select * from final
