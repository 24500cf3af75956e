{%- set recurring = ['mrr_new', 'mrr_expansion', 'mrr_churned_in_clawback'] %}

-- An open deal has no day yet, so it is in no period.
with deals as (
    select
        opportunity_id,
        account_id,
        closed_date as event_date,
        sales_rep,
        team,
        account_size_band,
        case when opportunity_status = 'won' then share else 0 end as deals_won,
        case when opportunity_status = 'lost' then share else 0 end as deals_lost,
        case when opportunity_status = 'won' then coalesce(amount, 0) else 0 end as won_amount
    from {{ ref('fct_opportunity_splits') }}
    where is_eligible
),

movements as (
    select
        account_id,
        movement_date,
        movement_type,
        sales_rep,
        account_size_band,
        mrr_change,
        -- Of whoever took over a contract, the day on which it did.
        min(movement_date) over (partition by account_id) as first_mrr_date
    from {{ ref('fct_mrr_movements') }}
),

reps as (
    select
        sales_rep,
        valid_from_date,
        valid_to_date,
        team
    from {{ ref('dim_sales_reps') }}
),

recurring as (
    select
        movements.account_id,
        movements.movement_date as event_date,
        movements.sales_rep,
        coalesce(reps.team, '(unknown)') as team,
        movements.account_size_band,
        case when movements.movement_type = 'new' then movements.mrr_change else 0 end as mrr_new,
        case when movements.movement_type = 'expansion' then movements.mrr_change else 0 end
            as mrr_expansion,
        case
            when
                movements.movement_type = 'churned'
                and movements.movement_date
                <= movements.first_mrr_date + {{ var('clawback_days') }}
                then -movements.mrr_change
            else 0
        end as mrr_churned_in_clawback
    from movements
    left join reps
        on
            movements.sales_rep = reps.sales_rep
            and movements.movement_date >= reps.valid_from_date
            and movements.movement_date < reps.valid_to_date
    where movements.movement_type in ('new', 'expansion', 'churned')
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'deals', 'kind': 'events',
            'measures': ['deals_won', 'deals_lost', 'won_amount'],
        },
        {'relation': 'recurring', 'kind': 'events', 'measures': recurring},
    ]) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        cast(deals_won as decimal(18, 8)) as deals_won,
        cast(deals_lost as decimal(18, 8)) as deals_lost,
        cast(deals_won + deals_lost as decimal(18, 8)) as deals_closed,
        cast(won_amount as decimal(18, 4)) as won_amount,
        {%- for name in recurring %}
        cast({{ name }} as decimal(18, 4)) as {{ name }},
        {%- endfor %}
        {{ safe_ratio('won_amount', 'deals_won') }} as average_deal_amount,
        {{ safe_ratio('deals_won', 'deals_won + deals_lost') }} as win_rate,
        {{ safe_ratio('mrr_new', 'deals_won') }} as mrr_new_per_deal,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
