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
        contracts.product_id,
        coalesce(contracts.sales_rep_id, '(unknown)') as sales_rep,
        contracts.currency_code as currency,
        contracts.quantity,
        contracts.unit_price,
        contracts.discount_amount,
        contracts.discount_end_date,
        contracts.billing_interval,
        contracts.interval_count,
        contracts.trial_end_date,
        contracts.cancel_requested_at,
        coalesce(contracts.is_metered, false) as is_metered,
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
        contract_changes.product_id,
        contract_changes.quantity,
        contract_changes.unit_price,
        contract_changes.discount_amount,
        contract_changes.billing_interval,
        contract_changes.interval_count,
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

-- What a subscription says beforehand happens on its own day: the end of the discount, of the
-- trial, and the request to cancel.
announced as (
    select
        subscription_id,
        discount_end_date as effective_date,
        'end_of_discount' as change_type,
        cast(null as timestamp) as recorded_at
    from subscriptions
    union all
    select
        subscription_id,
        trial_end_date as effective_date,
        'end_of_trial' as change_type,
        cast(null as timestamp) as recorded_at
    from subscriptions
    union all
    select
        subscriptions.subscription_id,
        {{ reporting_date('subscriptions.cancel_requested_at') }} as effective_date,
        'cancel_request' as change_type,
        subscriptions.cancel_requested_at as recorded_at
    from subscriptions
    cross join clock
    where subscriptions.cancel_requested_at <= clock.as_of
),

-- The row of a subscription is its state on the first day; each change moves some of it. A
-- discount that ends may be followed by another one on the same day.
steps as (
    select
        subscription_id,
        start_date as valid_from,
        1 as step_order,
        cast(null as timestamp) as recorded_at,
        cast(null as string) as change_id,
        true as is_running,
        false as is_paused,
        trial_end_date is not null as is_trial,
        false as is_cancel_requested,
        company_id,
        plan_name,
        product_id,
        quantity,
        unit_price,
        discount_amount,
        billing_interval,
        interval_count
    from subscriptions
    union all
    select
        subscriptions.subscription_id,
        greatest(announced.effective_date, subscriptions.start_date) as valid_from,
        2 as step_order,
        announced.recorded_at,
        announced.change_type as change_id,
        null as is_running,
        null as is_paused,
        case when announced.change_type = 'end_of_trial' then false end as is_trial,
        case when announced.change_type = 'cancel_request' then true end as is_cancel_requested,
        null as company_id,
        null as plan_name,
        null as product_id,
        null as quantity,
        null as unit_price,
        case when announced.change_type = 'end_of_discount' then 0 end as discount_amount,
        null as billing_interval,
        null as interval_count
    from announced
    inner join subscriptions
        on announced.subscription_id = subscriptions.subscription_id
    cross join clock
    where announced.effective_date <= clock.as_of_date
    union all
    select
        changes.subscription_id,
        greatest(changes.effective_date, subscriptions.start_date) as valid_from,
        3 as step_order,
        changes.recorded_at,
        changes.change_id,
        -- A pause is no end: the contract stands.
        case
            when changes.change_type = 'end' then false
            when changes.change_type in ('start', 'resume') then true
        end as is_running,
        case
            when changes.change_type = 'pause' then true
            when changes.change_type in ('start', 'resume', 'end') then false
        end as is_paused,
        null as is_trial,
        case changes.change_type when 'cancel_request' then true when 'start' then false end
            as is_cancel_requested,
        changes.company_id,
        changes.plan_name,
        changes.product_id,
        changes.quantity,
        changes.unit_price,
        changes.discount_amount,
        changes.billing_interval,
        changes.interval_count
    from changes
    inner join subscriptions
        on changes.subscription_id = subscriptions.subscription_id
),

{% set state_columns = [
    'is_running', 'is_paused', 'is_trial', 'is_cancel_requested', 'company_id', 'plan_name',
    'product_id', 'quantity', 'unit_price', 'discount_amount', 'billing_interval',
    'interval_count',
] -%}
filled as (
    select
        subscription_id,
        valid_from,
        {%- for column in state_columns %}
        {{ passing_over_nulls('last_value', column) }} over so_far as {{ column }},
        {%- endfor %}
        row_number() over so_far as step_number
    from steps
    window
        so_far as (
            partition by subscription_id
            order by valid_from asc, step_order asc, recorded_at asc, change_id asc
            rows between unbounded preceding and current row
        )
),

-- Of several changes on one day the last one holds.
daily as (
    select
        subscription_id,
        valid_from,
        {{ state_columns | join(',\n        ') }}
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
        coalesce(states.product_id, '(unknown)') as product,
        subscriptions.sales_rep,
        subscriptions.currency,
        states.is_trial,
        states.is_paused,
        subscriptions.is_metered,
        states.is_cancel_requested,
        states.quantity,
        states.unit_price,
        states.discount_amount,
        states.billing_interval,
        states.interval_count,
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
        judged.product,
        judged.sales_rep,
        judged.currency,
        judged.is_trial,
        judged.is_paused,
        judged.is_metered,
        judged.is_cancel_requested,
        judged.quantity,
        judged.unit_price,
        judged.discount_amount,
        judged.billing_interval,
        judged.interval_count,
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
