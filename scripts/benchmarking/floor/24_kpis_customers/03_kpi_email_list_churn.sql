create table kpi.kpi_email_list_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "subscribers_\0",
    columns('^(rate).*') as "email_list_churn_\0"
from churn_rates('list_churn_cells');
