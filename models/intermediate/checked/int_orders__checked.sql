with clock as (
    select * from {{ ref('int_build__clock') }}
),

orders as (
    select
        orders.*,
        upper(orders.currency_code) as order_currency_code,
        {{ reporting_date('orders.placed_at') }} as order_date,
        {{ row_exclusion('orders.placed_at', 'orders') }} as row_exclusion
    from {{ ref('stg_contract__orders') }} as orders
    cross join clock
),

line_totals as (
    select
        lines.order_id,
        cast(
            sum(
                cast(lines.quantity as decimal(26, 4)) * lines.unit_price
                - coalesce(lines.line_discount_amount, 0)
            )
            as decimal(18, 4)
        ) as goods_amount,
        sum(lines.tax_amount) as line_tax_amount,
        -- An order whose lines are all cancelled, one by one, is cancelled as a whole.
        case
            when
                bool_and(coalesce(
                    lines.cancelled_at <= clock.as_of
                    and abs(coalesce(lines.cancelled_quantity, lines.quantity))
                    >= abs(lines.quantity),
                    false
                ))
                then max(lines.cancelled_at)
        end as lines_cancelled_at
    from {{ ref('stg_contract__order_lines') }} as lines
    cross join clock
    where {{ row_exclusion('lines.added_at', 'lines') }} is null
    group by lines.order_id
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

priced as (
    select
        orders.*,
        case
            when orders.order_currency_code = '{{ var("reporting_currency") }}' then 1
            when rates.rate is not null then rates.rate
            -- What does not count needs no rate; its own currency's amounts are kept.
            when orders.row_exclusion is not null or orders.is_test then 0
            when
                orders.order_type not in ('sale', 'credit')
                or orders.order_status in ('draft', 'quote')
                then 0
        end as fx_rate,
        coalesce(line_totals.goods_amount, 0)
        - orders.order_discount_amount
        + orders.shipping_amount
        + case
            when orders.prices_include_tax then 0
            else coalesce(line_totals.line_tax_amount, orders.tax_amount, 0)
        end as order_total,
        line_totals.lines_cancelled_at
    from orders
    left join line_totals on orders.order_id = line_totals.order_id
    left join rates
        on
            orders.order_currency_code = rates.currency_code
            and orders.order_date = rates.rate_date
),

final as (
    select
        priced.order_id,
        priced.source_name,
        priced.placed_at,
        priced.order_date,
        priced.order_currency_code as currency_code,
        cast(priced.fx_rate as decimal(18, 8)) as fx_rate,
        priced.company_id,
        priced.contact_id,
        priced.email,
        priced.order_type,
        priced.order_status,
        priced.is_test,
        -- Later states are not known yet at the data's clock.
        case when priced.cancelled_at <= clock.as_of then priced.cancelled_at end
            as order_cancelled_at,
        priced.lines_cancelled_at,
        case when priced.invoiced_at <= clock.as_of then priced.invoiced_at end as invoiced_at,
        case when priced.paid_at <= clock.as_of then priced.paid_at end as paid_at,
        priced.order_discount_amount,
        priced.shipping_amount,
        priced.tax_amount,
        priced.prices_include_tax,
        priced.total_amount,
        cast(priced.order_total as decimal(18, 4)) as order_total,
        priced.sales_channel,
        priced.sales_rep_id,
        priced.country_code,
        priced.session_id,
        priced.client_id,
        priced.row_exclusion,
        'orders' as table_name,
        priced.row_hash,
        case
            when priced.fx_rate is null then 'fx_missing'
            -- What is no sale can be below 0, a booking or a stock movement; it never counts.
            when priced.order_total < 0 and priced.order_type = 'sale'
                then 'negative_order_total'
        end as reject_reason,
        priced.order_id as row_key,
        priced.total_amount as amount
    from priced
    cross join clock
)

select * from final
