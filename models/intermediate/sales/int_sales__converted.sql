with orders as (
    select
        checked.order_id,
        checked.order_date,
        checked.currency_code,
        checked.fx_rate,
        -- Credits count in revenue, in nothing else.
        case
            when resolved.exclusion_reason = 'not_a_sale' and resolved.order_type = 'credit'
                then case when not resolved.is_placed then 'not_placed' end
            else resolved.exclusion_reason
        end as exclusion_reason
    from {{ ref('int_orders__checked') }} as checked
    inner join {{ ref('int_orders__resolved') }} as resolved
        on checked.order_id = resolved.order_id
    where checked.reject_reason is null
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

lines as (
    select
        order_line_id,
        product_id,
        quantity,
        cogs,
        added_at
    from {{ ref('int_order_lines__priced') }}
),

movements as (
    select
        {{ columns_except(['exclusion_reason'], 'movements') }},
        coalesce(orders.exclusion_reason, movements.exclusion_reason) as exclusion_reason,
        orders.order_date,
        orders.currency_code,
        orders.fx_rate,
        -- The day's own rate is only needed for the difference to the order's rate.
        case
            when orders.currency_code = '{{ var("reporting_currency") }}' then orders.fx_rate
            else coalesce(rates.rate, orders.fx_rate)
        end as event_fx_rate,
        lines.product_id,
        abs(lines.quantity) as line_units,
        lines.cogs as line_cogs,
        lines.added_at is not null as is_added_later,
        {{ money_multiply('movements.gross_local', 'orders.fx_rate') }} as gross_sales,
        {{ money_multiply('movements.gross_local - movements.discount_local', 'orders.fx_rate') }}
            as net_sold,
        movements.returned_local + movements.cancelled_local as given_back_local,
        abs(movements.units_returned + movements.units_cancelled) as units_back
    from {{ ref('int_sales__movements') }} as movements
    inner join orders on movements.order_id = orders.order_id
    left join lines on movements.order_line_id = lines.order_line_id
    left join rates
        on
            orders.currency_code = rates.currency_code
            and movements.event_date = rates.rate_date
),

-- Most orders only ever have what was placed. The others are followed row by row.
orders_that_moved as (
    select distinct order_id
    from movements
    where movement_type not in ('sale', 'order_charges')
),

-- Running totals are converted, not single amounts, so that what is given back in pieces adds up
-- to what was sold, to the last digit.
running as (
    select
        movements.*,
        sum(movements.given_back_local) over line_in_order as given_back_so_far,
        sum(movements.units_back) over line_in_order as units_back_so_far,
        sum(movements.tax_local) over order_in_order as tax_so_far,
        sum(movements.shipping_local) over order_in_order as shipping_so_far
    from movements
    inner join orders_that_moved on movements.order_id = orders_that_moved.order_id
    window
        line_in_order as (
            partition by
                movements.order_id,
                movements.order_line_id,
                movements.exclusion_reason is null
            order by movements.event_at, movements.movement_id
            rows between unbounded preceding and current row
        ),
        order_in_order as (
            partition by movements.order_id, movements.exclusion_reason is null
            order by movements.event_at, movements.movement_id
            rows between unbounded preceding and current row
        )
),

converted as (
    select
        *,
        {{ money_multiply('given_back_so_far', 'fx_rate') }}
        - {{ money_multiply('given_back_so_far - given_back_local', 'fx_rate') }} as given_back,
        {{ money_multiply('given_back_local', 'event_fx_rate') }} as given_back_at_event_rate,
        {{ money_multiply('tax_so_far', 'fx_rate') }}
        - {{ money_multiply('tax_so_far - tax_local', 'fx_rate') }} as tax,
        {{ money_multiply('shipping_so_far', 'fx_rate') }}
        - {{ money_multiply('shipping_so_far - shipping_local', 'fx_rate') }} as shipping,
        case
            when line_units > 0 and units_back != 0
                then
                    {{ money_share(
                        'line_cogs', 'least(units_back_so_far - units_back, line_units)',
                        'line_units'
                    ) }}
                    - {{ money_share(
                        'line_cogs', 'least(units_back_so_far, line_units)', 'line_units'
                    ) }}
        end as cogs_back
    from running
),

-- A full refund that was spread differently from the sale may leave a last digit: it goes to the
-- last row that gives back, so that the order nets to exactly 0.
settled as (
    select
        movement_id,
        tax,
        shipping,
        cogs_back,
        given_back_at_event_rate,
        event_fx_rate != fx_rate as is_at_other_rate,
        case
            when
                given_back_local != 0
                and sum(gross_local - discount_local - given_back_local) over same_order = 0
                and row_number() over (
                    partition by order_id, exclusion_reason is null
                    order by given_back_local = 0, event_at desc, movement_id desc
                ) = 1
                then given_back + sum(net_sold - given_back) over same_order
            else given_back
        end as settled_given_back
    from converted
    window same_order as (partition by order_id, exclusion_reason is null)
),

final as (
    select
        movements.movement_id,
        movements.movement_type,
        movements.order_id,
        movements.order_line_id,
        movements.product_id,
        movements.refund_id,
        movements.refund_kind,
        movements.return_reason,
        movements.event_at,
        movements.event_date,
        movements.order_date,
        movements.currency_code,
        cast(
            movements.gross_local - movements.discount_local - movements.given_back_local
            as decimal(18, 4)
        ) as net_sales_local,
        movements.tax_local,
        movements.shipping_local,
        movements.gross_sales,
        cast(movements.gross_sales - movements.net_sold as decimal(18, 4)) as discounts,
        cast(
            case when movements.movement_type = 'refund' then settled.settled_given_back else 0 end
            as decimal(18, 4)
        ) as returns,
        cast(
            case
                when movements.movement_type = 'cancellation' then settled.settled_given_back
                else 0
            end as decimal(18, 4)
        ) as cancellations,
        cast(
            coalesce(
                settled.shipping,
                {{ money_multiply('movements.shipping_local', 'movements.fx_rate') }}
            ) as decimal(18, 4)
        ) as shipping,
        cast(
            coalesce(
                settled.tax, {{ money_multiply('movements.tax_local', 'movements.fx_rate') }}
            ) as decimal(18, 4)
        ) as tax,
        cast(
            case
                when movements.movement_type in ('sale', 'added_line')
                    then coalesce(movements.line_cogs, 0)
                else coalesce(settled.cogs_back, 0)
            end as decimal(18, 4)
        ) as cogs,
        movements.order_line_id is null or movements.line_cogs is not null as is_cost_known,
        movements.units,
        movements.units_cancelled,
        movements.units_returned,
        coalesce(movements.is_added_later, false) as is_added_later,
        -- At one rate a difference is a rounded digit.
        cast(
            case
                when settled.is_at_other_rate
                    then settled.settled_given_back - settled.given_back_at_event_rate
                else 0
            end as decimal(18, 4)
        ) as fx_adjustment,
        movements.exclusion_reason
    from movements
    left join settled on movements.movement_id = settled.movement_id
)

select * from final
