create table kpi.kpi_subscription_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "subscriptions_\0",
    columns('^(rate).*') as "subscription_churn_\0"
from churn_rates('subscription_churn_cells');
