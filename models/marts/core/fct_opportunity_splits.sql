with opportunities as (
    select
        opportunity_id,
        account_id,
        opportunity_created_date,
        opportunity_status,
        closed_date,
        amount,
        sales_rep,
        account_size_band,
        exclusion_reason
    from {{ ref('fct_opportunities') }}
),

splits as (
    select
        opportunity_id,
        sales_rep_id as sales_rep,
        share,
        exclusion_reason as split_exclusion_reason
    from {{ ref('int_opportunity_splits__checked') }}
    where reject_reason is null
),

-- What rounding leaves of the whole is the largest share's, so that the deal is one deal.
counted as (
    select
        opportunity_id,
        sales_rep,
        share
        + case
            when
                row_number() over (partition by opportunity_id order by share desc, sales_rep) = 1
                then 1 - sum(share) over (partition by opportunity_id)
            else 0
        end as share
    from splits
    where split_exclusion_reason is null
),

minor_units as (
    select minor_unit_digits
    from {{ ref('currency_minor_units') }}
    where currency_code = '{{ var("reporting_currency") }}'
),

amounts_to_spread as (
    select
        counted.opportunity_id as spread_id,
        counted.sales_rep as line_id,
        opportunities.amount,
        cast(counted.share * 10000 as decimal(18, 4)) as weight,
        coalesce((select minor_units.minor_unit_digits from minor_units), 2) as minor_unit_digits
    from counted
    inner join opportunities on counted.opportunity_id = opportunities.opportunity_id
    where opportunities.amount is not null
),

amounts as (
    {{ spread_by_largest_remainder('amounts_to_spread') | indent(4) }}
),

split_deals as (
    select distinct opportunity_id
    from counted
),

shares as (
    select
        counted.opportunity_id,
        counted.sales_rep,
        counted.share,
        amounts.amount,
        true as is_split,
        cast(null as string) as split_exclusion_reason
    from counted
    left join amounts
        on counted.opportunity_id = amounts.spread_id and counted.sales_rep = amounts.line_id
    union all
    select
        opportunity_id,
        sales_rep,
        share,
        cast(0 as decimal(18, 4)) as amount,
        true as is_split,
        split_exclusion_reason
    from splits
    where split_exclusion_reason is not null
    union all
    select
        opportunities.opportunity_id,
        opportunities.sales_rep,
        1 as share,
        opportunities.amount,
        false as is_split,
        cast(null as string) as split_exclusion_reason
    from opportunities
    left join split_deals on opportunities.opportunity_id = split_deals.opportunity_id
    where split_deals.opportunity_id is null
),

reps as (
    select
        sales_rep,
        valid_from_date,
        valid_to_date,
        team
    from {{ ref('dim_sales_reps') }}
),

final as (
    select
        shares.opportunity_id,
        shares.sales_rep,
        shares.is_split,
        cast(shares.share as decimal(18, 8)) as share,
        opportunities.account_id,
        opportunities.opportunity_status,
        opportunities.closed_date,
        cast(shares.amount as decimal(18, 4)) as amount,
        coalesce(reps.team, '(unknown)') as team,
        opportunities.account_size_band,
        coalesce(opportunities.exclusion_reason, shares.split_exclusion_reason) is null
            as is_eligible,
        coalesce(opportunities.exclusion_reason, shares.split_exclusion_reason)
            as exclusion_reason
    from shares
    left join opportunities on shares.opportunity_id = opportunities.opportunity_id
    left join reps
        on
            shares.sales_rep = reps.sales_rep
            and coalesce(opportunities.closed_date, opportunities.opportunity_created_date)
            >= reps.valid_from_date
            and coalesce(opportunities.closed_date, opportunities.opportunity_created_date)
            < reps.valid_to_date
)

select * from final
