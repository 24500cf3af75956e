with accepted as (
    select subscription_id
    from {{ ref('int_subscriptions__checked') }}
    where reject_reason is null
),

final as (
    select
        states.subscription_id,
        states.account_id,
        states.plan,
        states.product,
        states.sales_rep,
        states.currency,
        states.is_trial,
        states.is_paused,
        states.is_metered,
        states.is_cancel_requested,
        states.quantity,
        states.unit_price,
        states.discount_amount,
        states.billing_interval,
        states.interval_count,
        states.start_date,
        states.valid_from,
        states.valid_to,
        states.end_reason,
        states.is_voluntary,
        states.cancel_reason
    from {{ ref('int_subscriptions__states') }} as states
    inner join accepted on states.subscription_id = accepted.subscription_id
)

select * from final
