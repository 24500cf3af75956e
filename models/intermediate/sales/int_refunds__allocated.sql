with clock as (
    select * from {{ ref('int_build__clock') }}
),

refunds as (
    select
        refunds.refund_id,
        refunds.order_id,
        refunds.refunded_at,
        refunds.refund_kind,
        refunds.reason,
        refunds.amount_excl_tax,
        coalesce(
            {{ row_exclusion('refunds.refunded_at', 'refunds') }},
            case when refunds.refund_kind = 'correction' then 'correction' end
        ) as refund_exclusion_reason
    from {{ ref('int_refunds__checked') }} as refunds
    cross join clock
    where refunds.reject_reason is null
),

refund_lines as (
    select
        refund_lines.refund_line_id,
        refund_lines.refund_id,
        refund_lines.order_line_id,
        refund_lines.quantity,
        refund_lines.amount_excl_tax,
        refund_lines.reason,
        {{ row_exclusion('cast(null as timestamp)', 'refund_lines') }} as row_exclusion
    from {{ ref('int_refund_lines__checked') }} as refund_lines
    cross join clock
    where refund_lines.reject_reason is null
),

refunds_with_lines as (
    select distinct refund_id
    from refund_lines
    where row_exclusion is null
),

order_lines as (
    select
        order_line_id,
        order_id,
        quantity,
        gross_local,
        added_at,
        cancelled_at,
        cancelled_quantity,
        order_cancelled_at,
        minor_unit_digits,
        line_exclusion_reason
    from {{ ref('int_order_lines__priced') }}
),

-- What is given back, by line where the source says so.
amounts as (
    select
        refund_lines.refund_line_id as give_back_id,
        refunds.refund_id,
        refunds.order_id,
        refund_lines.order_line_id as named_line_id,
        refund_lines.amount_excl_tax as amount,
        coalesce(refund_lines.quantity, 0) as quantity,
        coalesce(refund_lines.reason, refunds.reason) as reason,
        coalesce(refunds.refund_exclusion_reason, refund_lines.row_exclusion)
            as refund_exclusion_reason,
        refunds.refunded_at,
        refunds.refund_kind
    from refund_lines
    inner join refunds on refund_lines.refund_id = refunds.refund_id
    union all
    select
        refunds.refund_id as give_back_id,
        refunds.refund_id,
        refunds.order_id,
        cast(null as string) as named_line_id,
        refunds.amount_excl_tax as amount,
        cast(0 as decimal(18, 4)) as quantity,
        refunds.reason,
        refunds.refund_exclusion_reason,
        refunds.refunded_at,
        refunds.refund_kind
    from refunds
    left join refunds_with_lines on refunds.refund_id = refunds_with_lines.refund_id
    where
        refunds_with_lines.refund_id is null
        -- A refund of shipping or tax only gives no goods back.
        and coalesce(refunds.amount_excl_tax, 0) != 0
),

-- Spread by value before discount over what still stood; over all lines if nothing did.
amount_lines as (
    select
        amounts.give_back_id as spread_id,
        order_lines.order_line_id as line_id,
        amounts.amount,
        cast(case
            when order_lines.added_at > amounts.refunded_at then 0
            when order_lines.order_cancelled_at < amounts.refunded_at then 0
            when order_lines.cancelled_at < amounts.refunded_at
                then
                    order_lines.gross_local
                    - {{ money_share(
                        'order_lines.gross_local',
                        'least(abs(coalesce(order_lines.cancelled_quantity, order_lines.quantity)), '
                        ~ 'abs(order_lines.quantity))',
                        'abs(order_lines.quantity)'
                    ) }}
            else order_lines.gross_local
        end as decimal(18, 4)) as standing_value,
        order_lines.gross_local,
        order_lines.minor_unit_digits
    from amounts
    inner join order_lines on amounts.order_id = order_lines.order_id
    where
        amounts.named_line_id is null
        and coalesce(order_lines.line_exclusion_reason, '')
        not in ('deleted_in_source', 'after_as_of')
),

to_spread as (
    select
        spread_id,
        line_id,
        amount,
        case
            when max(standing_value) over (partition by spread_id) > 0 then standing_value
            else gross_local
        end as weight,
        minor_unit_digits
    from amount_lines
),

spread as (
    {{ spread_by_largest_remainder('to_spread') | indent(4) }}
),

by_line as (
    select
        amounts.*,
        coalesce(spread.line_id, named_lines.order_line_id) as order_line_id,
        coalesce(spread.amount, amounts.amount) as line_amount,
        -- Units have no smaller part: they go with the largest share.
        row_number() over (
            partition by amounts.give_back_id
            order by abs(spread.amount) desc, spread.line_id
        ) as share_rank,
        amounts.give_back_id || coalesce(':' || spread.line_id, '') as give_back_line_id
    from amounts
    left join spread on amounts.give_back_id = spread.spread_id
    left join order_lines as named_lines
        on
            amounts.named_line_id = named_lines.order_line_id
            and amounts.order_id = named_lines.order_id
),

final as (
    select
        give_back_line_id,
        refund_id,
        order_id,
        order_line_id,
        refunded_at,
        refund_kind,
        reason,
        cast(line_amount as decimal(18, 4)) as amount_local,
        cast(case when share_rank = 1 then quantity else 0 end as decimal(18, 4)) as quantity,
        refund_exclusion_reason
    from by_line
)

select * from final
