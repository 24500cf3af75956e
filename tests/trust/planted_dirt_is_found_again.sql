{{ config(enabled=(var('landing') == 'seeds')) }}
-- The generator of the demo company writes down what it broke; each broken row must be kept under
-- the reason that it was broken for, and nothing else may be.
with planted as (
    select
        what as row_status,
        table_name,
        reason as reject_reason,
        cast(sum(rows) as bigint) as planted_rows
    from {{ ref('planted') }}
    where what in ('rejected', 'superseded')
    group by what, table_name, reason
),

found as (
    select
        row_status,
        table_name,
        reject_reason,
        count(*) as found_rows
    from {{ ref('dq_rejected_rows') }}
    group by row_status, table_name, reject_reason
)

select
    coalesce(planted.row_status, found.row_status) as row_status,
    coalesce(planted.table_name, found.table_name) as table_name,
    coalesce(planted.reject_reason, found.reject_reason) as reject_reason,
    planted.planted_rows,
    found.found_rows
from planted
full outer join found
    on
        planted.row_status = found.row_status
        and planted.table_name = found.table_name
        and planted.reject_reason = found.reject_reason
where planted.planted_rows is distinct from found.found_rows
