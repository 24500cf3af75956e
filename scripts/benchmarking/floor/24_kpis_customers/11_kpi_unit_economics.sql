create table kpi.kpi_unit_economics as
select
    period_grain, period_start, dimension, dimension_value, order_value, gross_margin,
    acquisition_cost, orders_valid, account_days, customers_at_start, customers_lost,
    new_customers, cast(account_years as decimal(18, 8)) as account_years, lifetime_years,
    ratio(yearly_value * lifetime_years, cac) as clv_to_cac,
    case when not is_before_history then ratio(cac, greatest(yearly_margin, 0) / 12) end
        as cac_payback_months
from lifetimes
where dimension in ('total', 'segment', 'acquisition_channel');
