-- `dq_rules` lists every rule there is: each row kept apart was caught by exactly one of them.
with caught as (
    select
        table_name,
        sum(rows_caught) as rows_caught
    from {{ ref('dq_rules') }}
    group by table_name
),

kept as (
    select
        table_name,
        count(*) as rows_kept
    from {{ ref('dq_rejected_rows') }}
    group by table_name
)

select
    coalesce(caught.table_name, kept.table_name) as table_name,
    caught.rows_caught,
    kept.rows_kept
from caught
full outer join kept on caught.table_name = kept.table_name
where coalesce(caught.rows_caught, 0) != coalesce(kept.rows_kept, 0)
