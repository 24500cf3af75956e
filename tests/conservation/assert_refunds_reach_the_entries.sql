-- Goods, tax and shipping that accepted refunds give back are those of the refund entries.
with line_amounts as (
    select
        refund_lines.refund_id,
        sum(refund_lines.amount_excl_tax) as amount,
        bool_or(not refund_lines.is_deleted and (refund_lines.loaded_at > clock.as_of) is not true)
            as has_counted_line
    from {{ ref('int_refund_lines__checked') }} as refund_lines
    cross join {{ ref('int_build__clock') }} as clock
    where refund_lines.reject_reason is null
    group by refund_lines.refund_id
),

expected as (
    select
        refunds.refund_id,
        coalesce(line_amounts.amount, 0)
        + case
            when coalesce(line_amounts.has_counted_line, false) then 0
            else coalesce(refunds.amount_excl_tax, 0)
        end as amount
    from {{ ref('int_refunds__checked') }} as refunds
    left join line_amounts on refunds.refund_id = line_amounts.refund_id
    where refunds.reject_reason is null
),

entered as (
    select
        refund_id,
        -sum(net_sales_local) as amount
    from {{ ref('fct_sales_entries') }}
    where entry_type = 'refund'
    group by refund_id
)

select
    expected.refund_id,
    expected.amount as expected_amount,
    entered.amount as entered_amount
from expected
left join entered on expected.refund_id = entered.refund_id
where expected.amount != coalesce(entered.amount, 0)
