with refund_lines as (
    select * from {{ ref('stg_contract__refund_lines') }}
),

refunds as (
    select
        refund_id,
        reject_reason
    from {{ ref('int_refunds__checked') }}
),

refunds_rejected_in_staging as (
    select distinct {{ qualified_id('refund_id') }} as refund_id
    from {{ ref('base_contract__refunds') }}
    where row_status = 'rejected' and refund_id is not null
),

final as (
    select
        refund_lines.refund_line_id,
        refund_lines.refund_id,
        refund_lines.source_name,
        refund_lines.order_line_id,
        refund_lines.quantity,
        refund_lines.amount_excl_tax,
        refund_lines.tax_amount,
        refund_lines.reason,
        refund_lines.is_deleted,
        refund_lines.loaded_at,
        'refund_lines' as table_name,
        refund_lines.row_hash,
        case
            when refunds.refund_id is null and rejected_refunds.refund_id is null
                then 'orphan_refund_line'
            when refunds.refund_id is null then 'refund_rejected'
            -- Why the refund went, a line of it goes: orphan_refund or order_rejected.
            else refunds.reject_reason
        end as reject_reason,
        refund_lines.refund_line_id as row_key,
        refund_lines.amount_excl_tax as amount
    from refund_lines
    left join refunds on refund_lines.refund_id = refunds.refund_id
    left join refunds_rejected_in_staging as rejected_refunds
        on refund_lines.refund_id = rejected_refunds.refund_id
)

select * from final
