create temp view retention_cells as
select grain, number, dimension, member, at_start, retained, at_end, new
from churn_cells
where dimension != 'cancel_reason';

create table kpi.kpi_customer_retention as
select
    period_grain, period_start, dimension, dimension_value,
    at_start as customers_at_start, retained as customers_retained, at_end as customers_at_end,
    new as customers_new, at_end - new as customers_at_end_minus_new,
    ratio(retained, at_start) as retention_rate,
    ratio(at_end, at_start) as retention_rate_end_over_start,
    ratio(at_end - new, at_start) as retention_rate_end_minus_new
from kpi_table('retention_cells', ['week', 'month', 'quarter', 'year', 'r12m'], []);
