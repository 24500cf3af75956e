with touches as (
    select
        touch_id,
        account_id,
        touched_at,
        marketing_channel,
        is_marketing,
        campaign
    from {{ ref('int_touches__unioned') }}
    where account_id is not null
),

first_orders as (
    select
        account_id,
        first_order_at
    from {{ ref('int_accounts__first_orders') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

companies as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

versions as (
    select
        company_id,
        original_source,
        valid_from,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__companies') }}
),

-- Touches after the first order cannot have won the account.
first_touches as (
    select
        touches.account_id,
        touches.marketing_channel,
        touches.is_marketing,
        touches.campaign,
        bool_or(touches.is_marketing) over (partition by touches.account_id)
            as has_marketing_touch
    from touches
    left join first_orders
        on touches.account_id = first_orders.account_id
    where
        first_orders.first_order_at is null
        or touches.touched_at <= first_orders.first_order_at
    qualify
        row_number() over (
            partition by touches.account_id order by touches.touched_at, touches.touch_id
        ) = 1
),

original_sources as (
    select
        companies.account_id,
        versions.original_source as marketing_channel
    from versions
    cross join clock
    inner join companies
        on versions.company_id = companies.company_id
    where
        versions.original_source is not null
        and {{ row_exclusion('versions.valid_from', 'versions') }} is null
    qualify
        row_number() over (
            partition by companies.account_id
            order by
                companies.company_id = companies.account_id desc,
                versions.valid_from nulls first,
                companies.company_id asc
        ) = 1
),

channels as (
    {{ channel_names('original_sources') | indent(4) }}
),

accounts as (
    select account_id from first_orders
    union
    select account_id from companies
    union
    select account_id from first_touches
),

final as (
    select
        accounts.account_id,
        coalesce(
            first_touches.marketing_channel,
            channels.marketing_channel,
            '(unattributed)'
        ) as acquisition_channel,
        coalesce(
            first_touches.campaign,
            case when original_sources.account_id is not null then '(unknown)' end,
            '(unattributed)'
        ) as acquisition_campaign,
        first_touches.account_id is not null or original_sources.account_id is not null
            as is_origin_known,
        coalesce(first_touches.is_marketing, channels.is_marketing, false)
            as is_marketing_originated,
        coalesce(first_touches.has_marketing_touch, channels.is_marketing, false)
            as is_marketing_influenced
    from accounts
    left join first_touches
        on accounts.account_id = first_touches.account_id
    left join original_sources
        on accounts.account_id = original_sources.account_id
    left join channels
        on original_sources.marketing_channel = channels.given_channel
)

select * from final
