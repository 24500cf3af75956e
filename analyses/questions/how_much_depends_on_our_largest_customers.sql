-- How much depends on our largest customers?
--
-- The ten accounts with the most net sales in the last twelve complete months: each one's sales and
-- share, and the share of it and all before it (`share_so_far`). `account_rank` 1 above 10 % is a
-- risk of its own; auditors ask from there on.
-- Caveats: accounts, not groups of companies: parents stand in dim_accounts. Orders without an
-- account are in the whole, and are no customer.
-- Reads a published file: fct_sales_entries, dim_accounts, dim_periods.
with latest_year as (
    select
        max(period_start) as period_start,
        max(period_end) as period_end
    from core.dim_periods
    where period_grain = 'r12m' and is_complete_period
),

sales as (
    select
        entries.account_id,
        sum(entries.gross_sales - entries.discounts - entries.returns - entries.cancellations)
            as net_sales
    from core.fct_sales_entries as entries
    inner join latest_year
        on
            entries.entry_date >= latest_year.period_start
            and entries.entry_date < latest_year.period_end
    where entries.is_eligible
    group by entries.account_id
),

ranked as (
    select
        account_id,
        net_sales,
        row_number() over (order by net_sales desc, account_id asc) as account_rank,
        sum(net_sales) over (order by net_sales desc, account_id asc rows unbounded preceding)
            as net_sales_so_far,
        (select sum(whole.net_sales) from sales as whole) as net_sales_of_all
    from sales
    where account_id is not null
)

select
    ranked.account_rank,
    ranked.account_id,
    accounts.account_name,
    accounts.segment,
    round(ranked.net_sales, 2) as net_sales,
    round(ranked.net_sales / ranked.net_sales_of_all, 4) as share_of_all,
    round(ranked.net_sales_so_far / ranked.net_sales_of_all, 4) as share_so_far
from ranked
left join core.dim_accounts as accounts
    on
        ranked.account_id = accounts.account_id
        and accounts.is_current
where ranked.account_rank <= 10
order by ranked.account_rank
