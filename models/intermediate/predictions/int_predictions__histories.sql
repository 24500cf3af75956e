with snapshots as (
    select snapshot_date
    from {{ ref('int_predictions__snapshots') }}
),

order_days as (
    select
        account_id,
        order_date,
        sum(order_value) as order_value
    from {{ ref('fct_orders') }}
    where is_valid_order
    group by account_id, order_date
),

-- Orders under a contract follow the contract, not a purchase rate. A trial binds nobody.
contracts as (
    select distinct
        spells.account_id,
        snapshots.snapshot_date
    from {{ ref('int_subscriptions__spells') }} as spells
    inner join snapshots
        on
            spells.valid_from <= snapshots.snapshot_date
            and spells.valid_to > snapshots.snapshot_date
    where not coalesce(spells.is_trial, false)
),

-- A guest is an account of one order, and cannot order again.
guests as (
    select distinct account_id
    from {{ ref('dim_accounts') }}
    where account_kind = 'guest'
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month
    from {{ ref('int_accounts__members') }}
),

running as (
    select
        account_id,
        order_date,
        row_number() over account_history - 1 as repeat_orders,
        sum(order_value) over account_history
        - first_value(order_value) over account_history as repeat_value,
        min(order_date) over account_history as first_order_date,
        lead(order_date) over account_history as next_order_date
    from order_days
    window account_history as (partition by account_id order by order_date)
),

final as (
    select
        snapshots.snapshot_date,
        running.account_id,
        members.segment,
        members.industry,
        members.account_size_band,
        members.acquisition_channel,
        members.cohort_month,
        cast(running.repeat_orders as integer) as repeat_orders,
        cast({{ days_between('running.first_order_date', 'running.order_date') }} as integer)
            as recency_days,
        cast({{ days_between('running.first_order_date', 'snapshots.snapshot_date') }} as integer)
            as age_days,
        {{ money_share('running.repeat_value', '1', 'running.repeat_orders') }}
            as mean_repeat_value
    from running
    inner join snapshots
        on
            running.order_date <= snapshots.snapshot_date
            and coalesce(running.next_order_date > snapshots.snapshot_date, true)
    left join contracts
        on
            running.account_id = contracts.account_id
            and snapshots.snapshot_date = contracts.snapshot_date
    left join guests
        on running.account_id = guests.account_id
    left join members
        on
            running.account_id = members.account_id
            and snapshots.snapshot_date >= members.valid_from_date
            and snapshots.snapshot_date < members.valid_to_date
    where contracts.account_id is null and guests.account_id is null
)

select * from final
