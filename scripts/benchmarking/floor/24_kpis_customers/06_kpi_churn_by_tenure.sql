-- Churn by months since the first active day.
create temp table tenure_cells as
with firsts as (
    select account_id, min(active_from) as first_day from account_spells group by account_id
),

tenures as (
    select
        account_id, unnest(range(date_diff('month', first_day, getvariable('today')) + 1)) as month,
        cast(first_day + to_months(cast(month as integer)) as date) as starts_on,
        cast(first_day + to_months(cast(month + 1 as integer)) as date) as ends_on
    from firsts
),

at_risk as (
    select tenures.ends_on as day, tenures.month, later.account_id is null as is_lost
    from tenures
    inner join account_spells as spells
        on tenures.account_id = spells.account_id
        and tenures.starts_on >= spells.active_from and tenures.starts_on < spells.active_to
    left join account_spells as later
        on tenures.account_id = later.account_id
        and tenures.ends_on >= later.active_from and tenures.ends_on < later.active_to
    where tenures.ends_on <= getvariable('today')
)

select
    day, case when grouping(month) = 0 then 'tenure_month' else 'total' end as dimension,
    coalesce(cast(month as varchar), 'all') as member, count(*) as customers_at_risk,
    count(*) filter (is_lost) as customers_lost
from at_risk
group by day, grouping sets ((), (month));

create temp table tenure_periods as from by_period('tenure_cells');

create table kpi.kpi_churn_by_tenure as
select
    *,
    ratio(customers_lost, customers_at_risk) as churn_hazard,
    case
        when row_number() over tenure = cast(case when dimension = 'tenure_month'
            then dimension_value end as integer) + 1
            then round(product(1 - ratio(customers_lost, customers_at_risk)) over tenure, 12)
    end as survival
from kpi_table('tenure_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['tenure_month'])
window tenure as (
    partition by period_grain, period_start, dimension
    order by cast(case when dimension = 'tenure_month' then dimension_value end as integer)
    rows between unbounded preceding and current row
);
