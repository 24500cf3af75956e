create temp table outcomes as
with asked as (
    select
        response_id, respondent, account_id, responded_at, responded_date, nps_group,
        responded_date + 365 as outcome_date
    from answers
    where
        is_answered and survey_type = 'relationship' and account_id is not null
        and responded_date + 365 < getvariable('today')
),

sold as (
    select
        asked.response_id,
        sum(sales.net_sales) filter (sales.day < asked.responded_date) as before,
        sum(sales.net_sales) filter (sales.day >= asked.responded_date) as after
    from asked
    inner join account_days as sales
        on asked.account_id = sales.account_id
        and sales.day >= asked.responded_date - 365 and sales.day < asked.outcome_date
    group by asked.response_id
)

select
    asked.*, spells.account_id is not null as is_customer,
    spells.account_id is not null and later.account_id is not null as is_retained,
    coalesce(sold.before, 0) as net_sales_before, coalesce(sold.after, 0) as net_sales_after
from asked
left join sold on asked.response_id = sold.response_id
left join account_spells as spells
    on asked.account_id = spells.account_id
    and asked.responded_date >= spells.active_from and asked.responded_date < spells.active_to
left join account_spells as later
    on asked.account_id = later.account_id
    and asked.outcome_date >= later.active_from and asked.outcome_date < later.active_to;

create temp table outcome_periods as
with dated as (
    select outcomes.*, days.grain, days.number
    from outcomes
    inner join day_periods as days on outcomes.responded_date = days.day and days.grain != 'day'
),

rows as (
    (
        select *, true as is_of_account
        from dated
        qualify row_number() over (
            partition by account_id, grain, number order by responded_at desc, response_id desc
        ) = 1
    )
    union all
    (
        select *, false
        from dated
        qualify row_number() over (
            partition by respondent, grain, number order by responded_at desc, response_id desc
        ) = 1
    )
)

select
    grain, number, case when grouping(nps_group) = 0 then 'nps_group' else 'total' end as dimension,
    coalesce(nps_group, 'all') as member,
    count(*) filter (not is_of_account) as respondents,
    count(*) filter (is_of_account) as accounts,
    count(*) filter (is_of_account and is_customer) as accounts_active,
    count(*) filter (is_of_account and is_retained) as accounts_retained,
    coalesce(sum(net_sales_before) filter (is_of_account), 0) as net_sales_before,
    coalesce(sum(net_sales_after) filter (is_of_account), 0) as net_sales_after
from rows
group by grain, number, grouping sets ((), (nps_group));

create table kpi.kpi_nps_outcome as
select
    *,
    ratio(accounts_retained, accounts_active) as nps_outcome_retention_rate,
    ratio(net_sales_after, net_sales_before) as nps_outcome_expansion
from kpi_table('outcome_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);
