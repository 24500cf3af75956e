create temp table rep_cells as
with moved as (
    select
        *, min(day) over (partition by account_id) as first_day
    from mrr_movements
),

rep_rows as (
    select
        day, sales_rep, team, account_size_band,
        case when status = 'won' then share else 0 end as deals_won,
        case when status = 'lost' then share else 0 end as deals_lost,
        case when status = 'won' then coalesce(amount, 0) else 0 end as won_amount,
        0 as mrr_new, 0 as mrr_expansion, 0 as mrr_churned_in_clawback
    from rep_deals
    union all by name
    select
        moved.day, moved.sales_rep, coalesce(sales_reps.team, '(unknown)') as team,
        moved.account_size_band,
        case when moved.kind = 'new' then moved.mrr_change else 0 end as mrr_new,
        case when moved.kind = 'expansion' then moved.mrr_change else 0 end as mrr_expansion,
        case
            when moved.kind = 'churned' and moved.day <= moved.first_day + 90
                then -moved.mrr_change
            else 0
        end as mrr_churned_in_clawback
    from moved
    left join sales_reps
        on moved.sales_rep = sales_reps.sales_rep
        and moved.day >= sales_reps.valid_from and moved.day < sales_reps.valid_to
    where moved.kind in ('new', 'expansion', 'churned')
)

select
    day,
    dimension_of(
        grouping_id(sales_rep, team, account_size_band), ['sales_rep', 'team', 'account_size_band']
    ) as dimension,
    coalesce(sales_rep, team, account_size_band, 'all') as member,
    sum(columns(* exclude (day, sales_rep, team, account_size_band)))
from rep_rows
group by day, grouping sets ((), (sales_rep), (team), (account_size_band));

create temp table rep_periods as from by_period('rep_cells', with_days := true);

create table kpi.kpi_sales_rep as
select
    *,
    deals_won + deals_lost as deals_closed,
    ratio(won_amount, deals_won) as average_deal_amount,
    ratio(deals_won, deals_won + deals_lost) as win_rate,
    ratio(mrr_new, deals_won) as mrr_new_per_deal
from kpi_table('rep_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], []);
