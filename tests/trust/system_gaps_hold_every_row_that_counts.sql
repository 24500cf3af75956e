-- No row of a whole falls outside the months.
with wholes as (
    select
        'orders_without_lead' as gap,
        count(*) as whole_rows,
        sum(order_value) as whole_amount
    from {{ ref('fct_orders') }}
    where is_valid_order
    union all
    select
        'orders_without_visit' as gap,
        count(*) as whole_rows,
        sum(order_value) as whole_amount
    from {{ ref('fct_orders') }}
    where is_valid_order
    union all
    select
        'won_deals_without_order' as gap,
        count(*) as whole_rows,
        sum(amount) as whole_amount
    from {{ ref('fct_opportunities') }}
    where is_eligible and opportunity_status = 'won'
    union all
    select
        'payments_without_order' as gap,
        count(*) as whole_rows,
        sum(amount) as whole_amount
    from {{ ref('fct_payments') }}
    where is_eligible or exclusion_reason = 'no_order'
    union all
    select
        'costs_without_channel' as gap,
        count(*) as whole_rows,
        sum(amount) as whole_amount
    from {{ ref('fct_costs') }}
    where is_eligible and cost_scope in ({{ cost_scopes('marketing') }})
),

gaps as (
    select
        gap,
        sum(whole_rows) as whole_rows,
        sum(whole_amount) as whole_amount,
        sum(linked_rows + gap_rows) as rows_of_parts,
        sum(linked_amount + gap_amount) as amount_of_parts
    from {{ ref('system_gaps') }}
    where gap_status != 'missing_source'
    group by gap
)

select
    gaps.gap,
    wholes.whole_rows as rows_of_fact,
    gaps.whole_rows,
    gaps.rows_of_parts,
    wholes.whole_amount as amount_of_fact,
    gaps.whole_amount,
    gaps.amount_of_parts
from gaps
inner join wholes on gaps.gap = wholes.gap
where
    gaps.whole_rows != wholes.whole_rows
    or gaps.rows_of_parts != wholes.whole_rows
    or gaps.whole_amount != coalesce(wholes.whole_amount, 0)
    or gaps.amount_of_parts != coalesce(wholes.whole_amount, 0)
