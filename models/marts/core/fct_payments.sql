{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='payment_id',
    meta={'keeps_changes': 'rows', 'event_time': 'paid_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with payments as (
    select
        payment_id,
        order_id,
        source_name,
        paid_at,
        paid_date,
        payment_status,
        currency_code,
        amount_local,
        row_exclusion,
        {{ money_multiply('amount_local', 'fx_rate') }} as amount
    from {{ ref('int_payments__checked') }}
    where reject_reason is null
),

orders as (
    select
        order_id,
        account_id,
        order_type,
        is_placed,
        exclusion_reason,
        sales_channel,
        customer_type,
        country,
        industry,
        segment,
        account_size_band,
        sales_rep,
        acquisition_channel,
        acquisition_campaign
    from {{ ref('fct_orders') }}
),

-- What the order asks for, and the goods in it. A gift card is asked for and is no sale.
line_totals as (
    select
        order_id,
        sum(case when line_exclusion_reason is null then net_local else 0 end) as goods_local,
        sum(net_local + tax_local) as lines_local
    from {{ ref('int_order_lines__priced') }}
    where coalesce(line_exclusion_reason, 'gift_card') = 'gift_card'
    group by order_id
),

order_totals as (
    select
        orders.order_id,
        line_totals.goods_local,
        line_totals.lines_local + orders.shipping_amount as order_local
    from {{ ref('int_orders__checked') }} as orders
    inner join line_totals on orders.order_id = line_totals.order_id
    where orders.reject_reason is null
),

judged as (
    select
        payments.*,
        orders.account_id,
        order_totals.goods_local,
        order_totals.order_local,
        case
            when payments.row_exclusion is not null then payments.row_exclusion
            when payments.payment_status != 'succeeded' then 'not_succeeded'
            when orders.order_id is null then 'no_order'
            when orders.exclusion_reason = 'not_a_sale' and orders.order_type = 'credit'
                then case when not orders.is_placed then 'not_placed' end
            else orders.exclusion_reason
        end as exclusion_reason,
        coalesce(orders.sales_channel, '(unknown)') as sales_channel,
        coalesce(orders.customer_type, '(no account)') as customer_type,
        coalesce(orders.country, '(unknown)') as country,
        coalesce(orders.industry, '(no account)') as industry,
        coalesce(orders.segment, '(no account)') as segment,
        coalesce(orders.account_size_band, '(no account)') as account_size_band,
        coalesce(orders.sales_rep, '(unknown)') as sales_rep,
        coalesce(orders.acquisition_channel, '(no account)') as acquisition_channel,
        coalesce(orders.acquisition_campaign, '(no account)') as acquisition_campaign
    from payments
    left join orders on payments.order_id = orders.order_id
    left join order_totals on payments.order_id = order_totals.order_id
),

final as (
    select
        payment_id,
        source_name,
        order_id,
        coalesce(account_id, '(no account)') as account_id,
        paid_at,
        paid_date,
        payment_status,
        currency_code,
        amount_local,
        amount,
        cast(
            coalesce({{ money_share('amount', 'goods_local', 'order_local') }}, 0)
            as decimal(18, 4)
        ) as net_sales_paid,
        exclusion_reason is null as is_eligible,
        exclusion_reason,
        sales_channel,
        customer_type,
        country,
        industry,
        segment,
        account_size_band,
        sales_rep,
        acquisition_channel,
        acquisition_campaign
    from judged
)

select * from final
