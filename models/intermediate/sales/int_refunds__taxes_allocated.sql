with clock as (
    select * from {{ ref('int_build__clock') }}
),

refunds as (
    select
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        refunds.tax_amount
    from {{ ref('int_refunds__checked') }} as refunds
    cross join clock
    where
        refunds.reject_reason is null
        and refunds.refund_kind != 'correction'
        and {{ row_exclusion('refunds.refunded_at', 'refunds') }} is null
),

refund_lines as (
    select
        refund_lines.refund_line_id,
        refund_lines.refund_id,
        refund_lines.order_line_id,
        refund_lines.tax_amount
    from {{ ref('int_refund_lines__checked') }} as refund_lines
    cross join clock
    where
        refund_lines.reject_reason is null
        and refund_lines.tax_amount is not null
        and {{ row_exclusion('cast(null as timestamp)', 'refund_lines') }} is null
),

refunds_with_line_taxes as (
    select distinct refund_id
    from refund_lines
),

order_lines as (
    select
        order_line_id,
        order_id,
        quantity,
        tax_local,
        added_at,
        cancelled_at,
        cancelled_quantity,
        order_cancelled_at,
        minor_unit_digits
    from {{ ref('int_order_lines__priced') }}
    where coalesce(line_exclusion_reason, '') not in ('deleted_in_source', 'after_as_of')
),

goods as (
    select
        refund_id,
        order_line_id,
        sum(amount_local) as amount_local
    from {{ ref('int_refunds__allocated') }}
    where refund_exclusion_reason is null
    group by refund_id, order_line_id
),

-- The tax of the refund's lines; its own only if no line has one.
taxes as (
    select
        refund_lines.refund_line_id as tax_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        named_lines.order_line_id as named_line_id,
        refund_lines.tax_amount
    from refund_lines
    inner join refunds on refund_lines.refund_id = refunds.refund_id
    left join order_lines as named_lines
        on
            refund_lines.order_line_id = named_lines.order_line_id
            and refunds.order_id = named_lines.order_id
    where refund_lines.tax_amount != 0
    union all
    select
        refunds.refund_id as tax_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        cast(null as string) as named_line_id,
        refunds.tax_amount
    from refunds
    left join refunds_with_line_taxes on refunds.refund_id = refunds_with_line_taxes.refund_id
    where refunds_with_line_taxes.refund_id is null and refunds.tax_amount != 0
),

weighted as (
    select
        taxes.tax_id as spread_id,
        order_lines.order_line_id as line_id,
        taxes.tax_amount as amount,
        coalesce(goods.amount_local, 0) as goods_weight,
        cast(case
            when order_lines.added_at > taxes.refunded_at then 0
            when order_lines.order_cancelled_at < taxes.refunded_at then 0
            when order_lines.cancelled_at < taxes.refunded_at
                then
                    order_lines.tax_local
                    - {{ money_share(
                        'order_lines.tax_local',
                        'least(abs(coalesce(order_lines.cancelled_quantity, order_lines.quantity)), '
                        ~ 'abs(order_lines.quantity))',
                        'abs(order_lines.quantity)'
                    ) }}
            else order_lines.tax_local
        end as decimal(18, 4)) as standing_tax,
        order_lines.tax_local,
        order_lines.minor_unit_digits
    from taxes
    inner join order_lines on taxes.order_id = order_lines.order_id
    left join goods
        on
            taxes.refund_id = goods.refund_id
            and order_lines.order_line_id = goods.order_line_id
    where taxes.named_line_id is null
),

-- With the goods that came back; without any, over the tax that still stood.
to_spread as (
    select
        spread_id,
        line_id,
        amount,
        cast(case
            when max(goods_weight) over same_tax > 0 then goods_weight
            when max(standing_tax) over same_tax > 0 then standing_tax
            else tax_local
        end as decimal(18, 4)) as weight,
        minor_unit_digits
    from weighted
    window same_tax as (partition by spread_id)
),

spread as (
    {{ spread_by_largest_remainder('to_spread') | indent(4) }}
),

final as (
    select
        taxes.refund_id,
        taxes.order_id,
        coalesce(spread.line_id, taxes.named_line_id) as order_line_id,
        taxes.refunded_at,
        cast(sum(coalesce(spread.amount, taxes.tax_amount)) as decimal(18, 4)) as tax_local
    from taxes
    left join spread on taxes.tax_id = spread.spread_id
    where coalesce(spread.line_id, taxes.named_line_id) is not null
    group by all
)

select * from final
