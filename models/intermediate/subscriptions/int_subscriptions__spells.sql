with accepted as (
    select subscription_id
    from {{ ref('int_subscriptions__checked') }}
    where reject_reason is null
),

final as (
    select states.*
    from {{ ref('int_subscriptions__states') }} as states
    inner join accepted on states.subscription_id = accepted.subscription_id
)

select * from final
