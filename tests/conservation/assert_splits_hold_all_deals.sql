-- The shares of a deal that count add up to exactly 1, and their amounts to that of the deal.
with splits as (
    select
        opportunity_id,
        sum(share) as share,
        sum(amount) as amount
    from {{ ref('fct_opportunity_splits') }}
    where is_eligible
    group by opportunity_id
)

select
    opportunities.opportunity_id,
    opportunities.amount,
    splits.share,
    splits.amount as amount_of_splits
from {{ ref('fct_opportunities') }} as opportunities
left join splits on opportunities.opportunity_id = splits.opportunity_id
where
    opportunities.is_eligible
    and (
        splits.share is distinct from 1
        or splits.amount is distinct from opportunities.amount
    )
