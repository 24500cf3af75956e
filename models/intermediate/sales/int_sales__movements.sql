with orders as (
    select
        order_id,
        placed_at,
        -- An order that was cancelled line by line is cancelled with its last line.
        coalesce(order_cancelled_at, lines_cancelled_at) as cancelled_at,
        shipping_amount,
        tax_amount
    from {{ ref('int_orders__checked') }}
    where reject_reason is null
),

lines as (
    select
        *,
        -- Once the whole order is cancelled, a line has nothing left to cancel.
        case
            when cancelled_at <= coalesce(order_cancelled_at, cancelled_at)
                then least(
                    abs(coalesce(cancelled_quantity, quantity)), abs(quantity)
                )
        end as line_cancelled_quantity
    from {{ ref('int_order_lines__priced') }}
),

refunds as (
    select * from {{ ref('int_refunds__allocated') }}
),

-- What had been given back before a line or its order was cancelled can't be cancelled again.
given_back_before as (
    select
        lines.order_line_id,
        coalesce(
            sum(refunds.amount_local) filter (where refunds.refunded_at < lines.cancelled_at), 0
        ) as before_line_cancellation,
        coalesce(
            sum(refunds.amount_local) filter (
                where refunds.refunded_at < lines.order_cancelled_at
            ), 0
        ) as before_order_cancellation,
        coalesce(
            sum(refunds.quantity) filter (where refunds.refunded_at < lines.order_cancelled_at), 0
        ) as units_before_order_cancellation
    from lines
    inner join refunds on lines.order_line_id = refunds.order_line_id
    where
        (lines.cancelled_at is not null or lines.order_cancelled_at is not null)
        and refunds.refund_exclusion_reason is null
    group by lines.order_line_id
),

taxes_given_back_before as (
    select
        lines.order_line_id,
        sum(taxes.tax_local) as tax_local
    from lines
    inner join {{ ref('int_refunds__taxes_allocated') }} as taxes
        on lines.order_line_id = taxes.order_line_id
    where taxes.refunded_at < lines.cancelled_at
    group by lines.order_line_id
),

line_cancellations as (
    select
        lines.*,
        coalesce(given_back_before.before_order_cancellation, 0) as before_order_cancellation,
        coalesce(given_back_before.units_before_order_cancellation, 0)
            as units_before_order_cancellation,
        cast(case
            when lines.line_cancelled_quantity is null then 0
            -- The smaller of the cancelled part and what is left, whatever the sign of the line.
            else
                {{ sign_of('lines.net_local') }} * greatest(
                    least(
                        abs(coalesce(
                            {{ money_share(
                                'lines.net_local', 'lines.line_cancelled_quantity',
                                'abs(lines.quantity)'
                            ) }},
                            lines.net_local
                        )),
                        {{ sign_of('lines.net_local') }} * (
                            lines.net_local
                            - coalesce(given_back_before.before_line_cancellation, 0)
                        )
                    ),
                    0
                )
        end as decimal(18, 4)) as line_cancelled_local,
        cast(case
            when lines.line_cancelled_quantity is null then 0
            else
                {{ sign_of('lines.tax_local') }} * greatest(
                    least(
                        abs(coalesce(
                            {{ money_share(
                                'lines.tax_local', 'lines.line_cancelled_quantity',
                                'abs(lines.quantity)'
                            ) }},
                            lines.tax_local
                        )),
                        {{ sign_of('lines.tax_local') }} * (
                            lines.tax_local - coalesce(taxes_given_back_before.tax_local, 0)
                        )
                    ),
                    0
                )
        end as decimal(18, 4)) as line_cancelled_tax_local
    from lines
    left join given_back_before on lines.order_line_id = given_back_before.order_line_id
    left join taxes_given_back_before
        on lines.order_line_id = taxes_given_back_before.order_line_id
    where lines.cancelled_at is not null or lines.order_cancelled_at is not null
),

refund_taxes as (
    select
        refund_lines.refund_id,
        sum(refund_lines.tax_amount) as line_tax_amount
    from {{ ref('int_refund_lines__checked') }} as refund_lines
    cross join {{ ref('int_build__clock') }} as clock
    where
        refund_lines.reject_reason is null
        and {{ row_exclusion('cast(null as timestamp)', 'refund_lines') }} is null
    group by refund_lines.refund_id
),

refund_charges as (
    select
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        refunds.refund_kind,
        refunds.reason,
        coalesce(refund_taxes.line_tax_amount, refunds.tax_amount, 0) as tax_local,
        coalesce(refunds.shipping_amount, 0) as shipping_local,
        coalesce(
            {{ row_exclusion('refunds.refunded_at', 'refunds') }},
            case when refunds.refund_kind = 'correction' then 'correction' end
        ) as exclusion_reason
    from {{ ref('int_refunds__checked') }} as refunds
    left join refund_taxes on refunds.refund_id = refund_taxes.refund_id
    cross join {{ ref('int_build__clock') }} as clock
    where refunds.reject_reason is null
),

line_taxes as (
    select
        order_id,
        line_exclusion_reason,
        sum(tax_local) filter (where added_at is null) as placed_tax_local
    from lines
    group by order_id, line_exclusion_reason
),

taxed_orders as (
    select distinct order_id
    from line_taxes
),

counted_taxes as (
    select
        order_id,
        sum(tax_local) as tax_local
    from lines
    where line_exclusion_reason is null
    group by order_id
),

-- Tax and shipping that a cancellation of the whole order still has to give back.
cancelled_orders as (
    select
        orders.order_id,
        orders.cancelled_at,
        orders.shipping_amount,
        case
            when taxed_orders.order_id is null then coalesce(orders.tax_amount, 0)
            else coalesce(counted_taxes.tax_local, 0)
        end as tax_local
    from orders
    left join taxed_orders on orders.order_id = taxed_orders.order_id
    left join counted_taxes on orders.order_id = counted_taxes.order_id
    where orders.cancelled_at is not null
),

cancelled_order_taxes as (
    select
        order_id,
        sum(line_cancelled_tax_local) as tax_local
    from line_cancellations
    where line_exclusion_reason is null
    group by order_id
),

charges_given_back_before as (
    select
        cancelled_orders.order_id,
        sum(refund_charges.tax_local) as tax_local,
        sum(refund_charges.shipping_local) as shipping_local
    from cancelled_orders
    inner join refund_charges on cancelled_orders.order_id = refund_charges.order_id
    where
        refund_charges.exclusion_reason is null
        and refund_charges.refunded_at < cancelled_orders.cancelled_at
    group by cancelled_orders.order_id
),

sales as (
    select
        case when added_at is null then 'sale:' else 'added_line:' end || order_line_id
            as movement_id,
        case when added_at is null then 'sale' else 'added_line' end as movement_type,
        order_id,
        order_line_id,
        coalesce(added_at, placed_at) as event_at,
        gross_local,
        discount_local,
        quantity as units,
        line_exclusion_reason as exclusion_reason
    from lines
),

cancellations as (
    select
        'line_cancellation:' || order_line_id as movement_id,
        order_id,
        order_line_id,
        cancelled_at as event_at,
        line_cancelled_local as cancelled_local,
        {{ sign_of('quantity') }} * line_cancelled_quantity as units_cancelled,
        line_exclusion_reason as exclusion_reason
    from line_cancellations
    where line_cancelled_quantity is not null
    union all
    select
        'order_cancellation:' || order_line_id as movement_id,
        order_id,
        order_line_id,
        greatest(order_cancelled_at, coalesce(added_at, order_cancelled_at)) as event_at,
        {{ sign_of('net_local') }} * greatest(
            {{ sign_of('net_local') }}
            * (net_local - line_cancelled_local - before_order_cancellation),
            0
        ) as cancelled_local,
        {{ sign_of('quantity') }} * greatest(
            abs(quantity)
            - coalesce(line_cancelled_quantity, 0)
            - abs(units_before_order_cancellation),
            0
        ) as units_cancelled,
        line_exclusion_reason as exclusion_reason
    from line_cancellations
    where order_cancelled_at is not null
),

order_charges as (
    select
        'order_charges:' || orders.order_id || coalesce(':' || line_taxes.line_exclusion_reason, '')
            as movement_id,
        'order_charges' as movement_type,
        orders.order_id,
        orders.placed_at as event_at,
        coalesce(line_taxes.placed_tax_local, 0) as tax_local,
        cast(0 as decimal(18, 4)) as shipping_local,
        line_taxes.line_exclusion_reason as exclusion_reason
    from orders
    inner join line_taxes on orders.order_id = line_taxes.order_id
    union all
    -- Shipping, and the tax of an order without a line to carry it.
    select
        'order_charges:' || orders.order_id || ':shipping' as movement_id,
        'order_charges' as movement_type,
        orders.order_id,
        orders.placed_at as event_at,
        case when taxed_orders.order_id is null then coalesce(orders.tax_amount, 0) else 0 end
            as tax_local,
        orders.shipping_amount as shipping_local,
        cast(null as string) as exclusion_reason
    from orders
    left join taxed_orders on orders.order_id = taxed_orders.order_id
    union all
    select
        'added_line_charges:' || order_line_id as movement_id,
        'added_line_charges' as movement_type,
        order_id,
        added_at as event_at,
        tax_local,
        cast(0 as decimal(18, 4)) as shipping_local,
        line_exclusion_reason as exclusion_reason
    from lines
    where added_at is not null
    union all
    select
        'line_cancellation_charges:' || order_line_id as movement_id,
        'cancellation_charges' as movement_type,
        order_id,
        cancelled_at as event_at,
        -line_cancelled_tax_local as tax_local,
        cast(0 as decimal(18, 4)) as shipping_local,
        line_exclusion_reason as exclusion_reason
    from line_cancellations
    where line_cancelled_quantity is not null
    union all
    select
        'order_cancellation_charges:' || cancelled_orders.order_id as movement_id,
        'cancellation_charges' as movement_type,
        cancelled_orders.order_id,
        cancelled_orders.cancelled_at as event_at,
        -{{ sign_of('cancelled_orders.tax_local') }} * greatest(
            {{ sign_of('cancelled_orders.tax_local') }} * (
                cancelled_orders.tax_local
                - coalesce(cancelled_order_taxes.tax_local, 0)
                - coalesce(given_back.tax_local, 0)
            ),
            0
        ) as tax_local,
        -greatest(
            cancelled_orders.shipping_amount - coalesce(given_back.shipping_local, 0), 0
        ) as shipping_local,
        cast(null as string) as exclusion_reason
    from cancelled_orders
    left join cancelled_order_taxes
        on cancelled_orders.order_id = cancelled_order_taxes.order_id
    left join charges_given_back_before as given_back
        on cancelled_orders.order_id = given_back.order_id
),

unioned as (
    select
        movement_id,
        movement_type,
        order_id,
        order_line_id,
        cast(null as string) as refund_id,
        cast(null as string) as refund_kind,
        cast(null as string) as return_reason,
        event_at,
        gross_local,
        discount_local,
        0 as returned_local,
        0 as cancelled_local,
        0 as tax_local,
        0 as shipping_local,
        units,
        0 as units_cancelled,
        0 as units_returned,
        exclusion_reason
    from sales
    union all
    select
        movement_id,
        'cancellation' as movement_type,
        order_id,
        order_line_id,
        null as refund_id,
        null as refund_kind,
        null as return_reason,
        event_at,
        0 as gross_local,
        0 as discount_local,
        0 as returned_local,
        cancelled_local,
        0 as tax_local,
        0 as shipping_local,
        0 as units,
        units_cancelled,
        0 as units_returned,
        exclusion_reason
    from cancellations
    where cancelled_local != 0 or units_cancelled != 0
    union all
    select
        'refund:' || refunds.give_back_line_id as movement_id,
        'refund' as movement_type,
        refunds.order_id,
        refunds.order_line_id,
        refunds.refund_id,
        refunds.refund_kind,
        refunds.reason as return_reason,
        refunds.refunded_at as event_at,
        0 as gross_local,
        0 as discount_local,
        refunds.amount_local as returned_local,
        0 as cancelled_local,
        0 as tax_local,
        0 as shipping_local,
        0 as units,
        0 as units_cancelled,
        refunds.quantity as units_returned,
        coalesce(refunds.refund_exclusion_reason, lines.line_exclusion_reason)
            as exclusion_reason
    from refunds
    left join lines on refunds.order_line_id = lines.order_line_id
    union all
    select
        movement_id,
        movement_type,
        order_id,
        null as order_line_id,
        null as refund_id,
        null as refund_kind,
        null as return_reason,
        event_at,
        0 as gross_local,
        0 as discount_local,
        0 as returned_local,
        0 as cancelled_local,
        tax_local,
        shipping_local,
        0 as units,
        0 as units_cancelled,
        0 as units_returned,
        exclusion_reason
    from order_charges
    where tax_local != 0 or shipping_local != 0
    union all
    select
        'refund_charges:' || refund_id as movement_id,
        'refund_charges' as movement_type,
        order_id,
        null as order_line_id,
        refund_id,
        refund_kind,
        reason as return_reason,
        refunded_at as event_at,
        0 as gross_local,
        0 as discount_local,
        0 as returned_local,
        0 as cancelled_local,
        -tax_local as tax_local,
        -shipping_local as shipping_local,
        0 as units,
        0 as units_cancelled,
        0 as units_returned,
        exclusion_reason
    from refund_charges
    where tax_local != 0 or shipping_local != 0
),

final as (
    select
        movement_id,
        movement_type,
        order_id,
        order_line_id,
        refund_id,
        refund_kind,
        return_reason,
        event_at,
        {{ reporting_date('event_at') }} as event_date,
        cast(gross_local as decimal(18, 4)) as gross_local,
        cast(discount_local as decimal(18, 4)) as discount_local,
        cast(returned_local as decimal(18, 4)) as returned_local,
        cast(cancelled_local as decimal(18, 4)) as cancelled_local,
        cast(tax_local as decimal(18, 4)) as tax_local,
        cast(shipping_local as decimal(18, 4)) as shipping_local,
        cast(units as decimal(18, 4)) as units,
        cast(units_cancelled as decimal(18, 4)) as units_cancelled,
        cast(units_returned as decimal(18, 4)) as units_returned,
        exclusion_reason
    from unioned
)

select * from final
