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
        contact_id,
        placed_at,
        order_date,
        cancelled_at,
        order_type,
        order_status,
        is_placed,
        is_eligible,
        exclusion_reason,
        is_valid_order
    from {{ ref('int_orders__resolved') }}
),

amounts as (
    select
        order_id,
        source_name,
        currency_code,
        fx_rate,
        invoiced_at,
        paid_at,
        shipping_amount,
        tax_amount,
        sales_channel,
        sales_rep_id,
        country_code
    from {{ ref('int_orders__checked') }}
    where reject_reason is null
),

lines as (
    select
        *,
        line_exclusion_reason is null and added_at is null as is_placed
    from {{ ref('int_order_lines__priced') }}
),

-- As placed: what was added, cancelled or given back later does not move it. Tax is converted as
-- one, as in the entries; that of the order itself counts only if it has no line at all.
placed_lines as (
    select
        order_id,
        sum(gross_sales) filter (where is_placed) as gross_value,
        sum(net_sales) filter (where is_placed) as order_value,
        coalesce(sum(tax_local) filter (where is_placed), 0) as tax_local,
        sum(coalesce(cogs, 0)) filter (where is_placed) as cogs,
        sum(quantity) filter (where is_placed) as units,
        count(*) filter (where is_placed) as order_lines
    from lines
    group by order_id
),

given_back as (
    select
        movements.order_id,
        sum(movements.gross_local - movements.discount_local - movements.cancelled_local)
            as standing_local,
        sum(movements.returned_local) as returned_local
    from {{ ref('int_sales__movements') }} as movements
    where movements.exclusion_reason is null
    group by movements.order_id
),

first_orders as (
    select
        account_id,
        first_order_id,
        first_order_date
    from {{ ref('int_accounts__first_orders') }}
),

acquisition as (
    select
        account_id,
        acquisition_channel,
        acquisition_campaign
    from {{ ref('int_accounts__acquisition') }}
),

visits as (
    select
        order_id,
        session_id,
        visitor_id
    from {{ ref('int_orders__visits') }}
),

accounts as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        industry,
        segment,
        country,
        account_size_band,
        sales_rep
    from {{ ref('dim_accounts') }}
),

final as (
    select
        orders.order_id,
        amounts.source_name,
        orders.account_id,
        orders.contact_id,
        visits.visitor_id,
        visits.session_id,
        orders.placed_at,
        orders.order_date,
        {{ reporting_date('orders.cancelled_at') }} as cancelled_date,
        {{ reporting_date('amounts.invoiced_at') }} as invoiced_date,
        {{ reporting_date('amounts.paid_at') }} as paid_date,
        orders.order_type,
        orders.order_status,
        orders.is_placed,
        orders.is_eligible,
        orders.exclusion_reason,
        orders.is_valid_order,
        first_orders.first_order_id is not null
        and first_orders.first_order_id = orders.order_id as is_first_order,
        coalesce(
            given_back.returned_local > 0
            and given_back.returned_local >= given_back.standing_local,
            false
        ) as is_fully_refunded,
        coalesce(
            given_back.returned_local > greatest(given_back.standing_local, 0), false
        ) as is_over_refunded,
        amounts.currency_code,
        cast(coalesce(placed_lines.gross_value, 0) as decimal(18, 4)) as gross_value,
        cast(
            coalesce(placed_lines.gross_value - placed_lines.order_value, 0) as decimal(18, 4)
        ) as discount_value,
        cast(coalesce(placed_lines.order_value, 0) as decimal(18, 4)) as order_value,
        {{ money_multiply('amounts.shipping_amount', 'amounts.fx_rate') }} as shipping,
        {{ money_multiply(
            'coalesce(placed_lines.tax_local, amounts.tax_amount, 0)', 'amounts.fx_rate'
        ) }} as tax,
        cast(coalesce(placed_lines.cogs, 0) as decimal(18, 4)) as cogs,
        cast(coalesce(placed_lines.units, 0) as decimal(18, 4)) as units,
        cast(coalesce(placed_lines.order_lines, 0) as integer) as order_lines,
        coalesce(amounts.sales_channel, '(unknown)') as sales_channel,
        case
            when orders.order_date = first_orders.first_order_date then 'new'
            when orders.order_date > first_orders.first_order_date then 'returning'
            else 'prospect'
        end as customer_type,
        coalesce(amounts.country_code, accounts.country, '(unknown)') as country,
        coalesce(accounts.industry, '(unknown)') as industry,
        coalesce(accounts.segment, '(unknown)') as segment,
        coalesce(accounts.account_size_band, '(unknown)') as account_size_band,
        coalesce(amounts.sales_rep_id, accounts.sales_rep, '(unknown)') as sales_rep,
        coalesce(acquisition.acquisition_channel, '(unattributed)') as acquisition_channel,
        coalesce(acquisition.acquisition_campaign, '(unattributed)') as acquisition_campaign
    from orders
    left join amounts on orders.order_id = amounts.order_id
    left join placed_lines on orders.order_id = placed_lines.order_id
    left join given_back on orders.order_id = given_back.order_id
    left join first_orders on orders.account_id = first_orders.account_id
    left join acquisition on orders.account_id = acquisition.account_id
    left join visits on orders.order_id = visits.order_id
    left join accounts
        on
            orders.account_id = accounts.account_id
            and orders.order_date >= accounts.valid_from_date
            and orders.order_date < accounts.valid_to_date
)

select * from final
