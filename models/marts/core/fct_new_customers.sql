{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='order_id',
    meta={'keeps_changes': 'rows', 'event_time': 'order_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with orders as (
    select
        order_id,
        account_id,
        order_date,
        order_value,
        is_first_order,
        is_valid_order,
        is_fully_refunded,
        segment,
        industry,
        acquisition_channel,
        acquisition_campaign
    from {{ ref('fct_orders') }}
),

acquisition as (
    select
        account_id,
        is_origin_known,
        is_marketing_originated,
        is_marketing_influenced
    from {{ ref('int_accounts__acquisition') }}
),

marketing_credits as (
    select
        conversion_id,
        sum(credit) as marketing_credit
    from {{ ref('fct_attribution_credits') }}
    where
        conversion_type = 'order'
        and attribution_model = '{{ var("attribution_model") }}'
        and is_marketing
    group by conversion_id
),

refunded_accounts as (
    select account_id
    from orders
    where is_valid_order
    group by account_id
    having bool_and(is_fully_refunded)
),

final as (
    select
        orders.account_id,
        orders.order_id,
        orders.order_date,
        orders.order_value,
        orders.segment,
        orders.industry,
        orders.acquisition_channel,
        orders.acquisition_campaign,
        coalesce(acquisition.is_origin_known, false) as is_origin_known,
        coalesce(acquisition.is_marketing_originated, false) as is_marketing_originated,
        coalesce(acquisition.is_marketing_influenced, false) as is_marketing_influenced,
        cast(coalesce(marketing_credits.marketing_credit, 0) as decimal(18, 8))
            as marketing_credit,
        refunded_accounts.account_id is not null as is_fully_refunded
    from orders
    left join acquisition
        on orders.account_id = acquisition.account_id
    left join marketing_credits
        on orders.order_id = marketing_credits.conversion_id
    left join refunded_accounts
        on orders.account_id = refunded_accounts.account_id
    where orders.is_first_order
)

select * from final
