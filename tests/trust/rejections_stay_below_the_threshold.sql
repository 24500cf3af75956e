-- Lists each raw table of which more rows, or more money, were rejected than `rejection_threshold`
-- allows. The last lines of the build name them with their share and their reasons.
select
    table_name,
    rejected_row_share,
    rejected_amount_share,
    reject_reasons
from {{ ref('dq_summary') }}
where is_above_threshold
