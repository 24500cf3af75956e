with opportunities as (
    select
        *,
        -- Members are those of the day of the close; while a deal is open, of its creation.
        coalesce(closed_date, opportunity_created_date) as member_date
    from {{ ref('int_opportunities__resolved') }}
),

accounts as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        industry,
        segment,
        country,
        account_size_band
    from {{ ref('dim_accounts') }}
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
        opportunities.opportunity_id,
        opportunities.source_name,
        opportunities.account_id,
        opportunities.lead_id,
        opportunities.order_id,
        opportunities.opportunity_created_at,
        opportunities.opportunity_created_date,
        opportunities.opportunity_status,
        opportunities.closed_at,
        opportunities.closed_date,
        opportunities.loss_reason,
        opportunities.currency_code,
        opportunities.amount_local,
        opportunities.amount,
        coalesce(opportunities.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(reps.team, '(unknown)') as team,
        {%- for member in ['account_size_band', 'industry', 'segment', 'country'] %}
        case
            when opportunities.account_id is null then '(no account)'
            else coalesce(accounts.{{ member }}, '(unknown)')
        end as {{ member }},
        {%- endfor %}
        opportunities.is_eligible,
        opportunities.exclusion_reason
    from opportunities
    left join accounts
        on
            opportunities.account_id = accounts.account_id
            and opportunities.member_date >= accounts.valid_from_date
            and opportunities.member_date < accounts.valid_to_date
    left join reps
        on
            opportunities.sales_rep_id = reps.sales_rep
            and opportunities.member_date >= reps.valid_from_date
            and opportunities.member_date < reps.valid_to_date
)

select * from final
