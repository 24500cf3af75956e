create table kpi.kpi_customer_equity as
select
    period_grain, period_start, dimension, dimension_value, gross_margin, account_days,
    customers_at_start, customers_lost, customers_at_end,
    cast(account_years as decimal(18, 8)) as account_years, lifetime_years,
    customers_at_end * yearly_margin * lifetime_years as customer_equity,
    customers_at_end * yearly_margin * discounted_years as customer_equity_discounted
from lifetimes
where dimension in ('total', 'segment', 'industry', 'account_size_band', 'acquisition_channel')
    -- Members that only bear cost are none of this table.
    and (dimension, dimension_value) in (
        select dimension, member
        from lifetime_periods
        where gross_margin != 0 or customers_at_start != 0 or account_days != 0
    );
