-- Warns with the number of rejected rows; trust.dq_rejected_rows shows each with its reason.
{{ config(severity='warn', fail_calc='coalesce(sum(rows_rejected), 0)') }}
select
    table_name,
    rows_rejected
from {{ ref('dq_summary') }}
where rows_rejected > 0
