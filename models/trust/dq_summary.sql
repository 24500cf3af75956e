with conservation as (
    select
        table_name,
        rows_landed,
        rows_accepted,
        rows_rejected,
        rows_superseded,
        rows_excluded,
        amount_landed,
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
        {{ joined_texts(
            "reject_reason || ' ' || rows_rejected", "', '", 'rows_rejected desc, reject_reason asc'
        ) }} as reject_reasons
    from reasons
    group by table_name
),

-- Two rows of one key and one moment that differ: one of them is wrong, and nobody knows which.
conflicts as (
    select
        table_name,
        count(*) as rows_conflicting
    from {{ ref('dq_rejected_rows') }}
    where reject_reason = 'conflicting_version'
    group by table_name
),

last_loads as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        max(loaded_at) as last_loaded_at
    from {{ ref('stg_contract__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
        coalesce(conflicts.rows_conflicting, 0) as rows_conflicting,
        conservation.rows_excluded,
        conservation.amount_landed,
        conservation.amount_rejected,
        {{ safe_ratio(
            'conservation.rows_rejected', 'conservation.rows_landed - conservation.rows_superseded'
        ) }} as rejected_row_share,
        {{ safe_ratio(
            'conservation.absolute_amount_rejected', 'conservation.absolute_amount_judged'
        ) }} as rejected_amount_share,
        reasons_in_order.reject_reasons,
        last_loads.last_loaded_at
    from tables
    left join conservation on tables.table_name = conservation.table_name
    left join conflicts on tables.table_name = conflicts.table_name
    left join last_loads on tables.table_name = last_loads.table_name
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
        cast(rows_conflicting as bigint) as rows_conflicting,
        rows_excluded,
        amount_landed,
        amount_rejected,
        rejected_row_share,
        rejected_amount_share,
        greatest(coalesce(rejected_row_share, 0), coalesce(rejected_amount_share, 0))
        > {{ var('rejection_threshold') }} as is_above_threshold,
        cast({{ var('rejection_threshold') }} as double) as rejection_threshold,
        reject_reasons,
        last_loaded_at,
        '{{ invocation_id }}' as build_id
    from shares
)

select * from final
