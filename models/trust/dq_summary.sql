with conservation as (
    select
        table_name,
        rows_landed,
        rows_accepted,
        rows_rejected,
        rows_superseded,
        rows_excluded,
        amount_rejected,
        absolute_amount_judged,
        absolute_amount_rejected
    from {{ ref('dq_conservation') }}
),

tables as (
    select
        table_name,
        is_required,
        is_delivered
    from {{ ref('int_landing__availability') }}
    where column_name is null
),

reasons as (
    select
        table_name,
        reject_reason,
        count(*) as rows_rejected
    from {{ ref('dq_rejected_rows') }}
    where row_status = 'rejected'
    group by table_name, reject_reason
),

reasons_in_order as (
    select
        table_name,
        string_agg(
            reject_reason || ' ' || rows_rejected,
            ', '
            order by rows_rejected desc, reject_reason asc
        ) as reject_reasons
    from reasons
    group by table_name
),

-- A superseded row is no loss, so it is not in the base of the shares either.
shares as (
    select
        tables.table_name,
        tables.is_required,
        tables.is_delivered,
        conservation.rows_landed,
        conservation.rows_accepted,
        conservation.rows_rejected,
        conservation.rows_superseded,
        conservation.rows_excluded,
        conservation.amount_rejected,
        {{ safe_ratio(
            'conservation.rows_rejected', 'conservation.rows_landed - conservation.rows_superseded'
        ) }} as rejected_row_share,
        {{ safe_ratio(
            'conservation.absolute_amount_rejected', 'conservation.absolute_amount_judged'
        ) }} as rejected_amount_share,
        reasons_in_order.reject_reasons
    from tables
    left join conservation on tables.table_name = conservation.table_name
    left join reasons_in_order on tables.table_name = reasons_in_order.table_name
),

final as (
    select
        table_name,
        is_required,
        is_delivered,
        rows_landed,
        rows_accepted,
        rows_rejected,
        rows_superseded,
        rows_excluded,
        amount_rejected,
        rejected_row_share,
        rejected_amount_share,
        greatest(coalesce(rejected_row_share, 0), coalesce(rejected_amount_share, 0))
        > {{ var('rejection_threshold') }} as is_above_threshold,
        reject_reasons
    from shares
)

select * from final
