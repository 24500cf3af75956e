with orders as (
    select
        order_date as gap_from,
        order_date + 1 as gap_to
    from {{ ref('int_orders__checked') }}
    where reject_reason = 'fx_missing'
),

payments as (
    select
        {{ reporting_date('paid_at') }} as gap_from,
        {{ reporting_date('paid_at') }} + 1 as gap_to
    from {{ ref('int_payments__checked') }}
    where reject_reason = 'fx_missing'
),

opportunities as (
    select
        {{ reporting_date('closed_at') }} as gap_from,
        {{ reporting_date('closed_at') }} + 1 as gap_to
    from {{ ref('int_opportunities__checked') }}
    where reject_reason = 'fx_missing'
),

rejected_contracts as (
    select subscription_id
    from {{ ref('int_subscriptions__checked') }}
    where reject_reason = 'fx_missing'
),

-- A contract without a rate in one of its months is missing in all of them, and its loss on the day
-- on which it ends.
subscriptions as (
    select
        converted.valid_from as gap_from,
        least(converted.valid_to, date '9999-12-30') + 1 as gap_to
    from {{ ref('int_subscriptions__converted') }} as converted
    inner join rejected_contracts
        on converted.subscription_id = rejected_contracts.subscription_id
),

final as (
    {%- for table in ['orders', 'payments', 'opportunities', 'subscriptions'] %}
    select
        '{{ table }}' as table_name,
        cast(gap_from as date) as gap_from,
        cast(gap_to as date) as gap_to
    from {{ table }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
