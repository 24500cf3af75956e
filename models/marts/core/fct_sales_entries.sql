{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key='entry_id',
    meta={'changes_of': 'order_id', 'keeps_changes': 'rows', 'event_time': 'entry_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with entries as (
    select * from {{ ref('int_sales__converted') }}
),

orders as (
    select
        order_id,
        account_id,
        invoiced_date,
        is_valid_order,
        is_over_refunded,
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

reason_groups as (
    select
        reason,
        reason_group
    from {{ ref('return_reason_groups') }}
),

products as (
    select
        product_id,
        valid_from_date,
        valid_to_date,
        product_category
    from {{ ref('dim_products') }}
),

final as (
    select
        entries.movement_id as entry_id,
        entries.movement_type as entry_type,
        entries.order_id,
        entries.order_line_id,
        entries.refund_id,
        orders.account_id,
        entries.event_date as entry_date,
        entries.order_date,
        case
            when orders.invoiced_date is not null
                then greatest(entries.event_date, orders.invoiced_date)
        end as invoiced_entry_date,
        entries.exclusion_reason is null as is_eligible,
        entries.exclusion_reason,
        coalesce(
            entries.exclusion_reason is null
            and orders.is_valid_order
            and not entries.is_added_later,
            false
        ) as is_of_placed_order,
        entries.refund_kind,
        entries.return_reason,
        case
            when entries.movement_type = 'refund'
                then coalesce(reason_groups.reason_group, '(unknown)')
        end as reason_group,
        coalesce(
            entries.movement_type = 'refund'
            and (entries.refund_kind = 'return' or entries.units_returned != 0),
            false
        ) as is_goods_return,
        coalesce(entries.movement_type = 'refund' and orders.is_over_refunded, false)
            as is_over_refunded,
        case
            when entries.movement_type in ('sale', 'added_line', 'cancellation', 'refund')
                then coalesce(entries.product_id, '(unknown)')
        end as product,
        case
            when entries.movement_type in ('sale', 'added_line', 'cancellation', 'refund')
                then coalesce(products.product_category, '(unknown)')
        end as product_category,
        entries.currency_code,
        entries.net_sales_local,
        entries.tax_local,
        entries.shipping_local,
        entries.gross_sales,
        entries.discounts,
        entries.returns,
        entries.cancellations,
        entries.shipping,
        entries.tax,
        entries.cogs,
        entries.is_cost_known,
        entries.units,
        entries.units_cancelled,
        entries.units_returned,
        entries.fx_adjustment,
        orders.sales_channel,
        orders.customer_type,
        orders.country,
        orders.industry,
        orders.segment,
        orders.account_size_band,
        orders.sales_rep,
        orders.acquisition_channel,
        orders.acquisition_campaign
    from entries
    left join orders on entries.order_id = orders.order_id
    left join reason_groups on lower(entries.return_reason) = reason_groups.reason
    left join products
        on
            coalesce(entries.product_id, '(unknown)') = products.product_id
            and entries.order_date >= products.valid_from_date
            and entries.order_date < products.valid_to_date
)

select * from final
