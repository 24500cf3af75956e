-- Rows and money of each raw table: what was landed is accepted, rejected or superseded, and what
-- was accepted is eligible or excluded in its fact. No tolerance.
select
    table_name,
    rows_residual,
    fact_rows_residual,
    amount_residual
from {{ ref('dq_conservation') }}
where rows_residual != 0 or fact_rows_residual != 0 or amount_residual != 0
