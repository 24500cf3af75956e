-- When do we lose customers?
--
-- For each month of age of a customer, in the latest complete year: how many were customers in it,
-- how many of them were lost, the share that is (`churn_hazard`), and which share of new customers
-- would be left after it if every age went on as in this year (`survival`). A peak at an age, such
-- as the end of a first contract, is a date to be there before.
-- Caveats: ages with few customers jump; read them in groups. `survival` is null after an age that
-- nobody had.
-- Reads a published file: kpi_churn_by_tenure.
with cells as (
    select
        period_start,
        tenure_month,
        customers_at_risk,
        customers_lost,
        churn_hazard,
        survival
    from kpi.kpi_churn_by_tenure
    where
        period_grain = 'year'
        and dimension = 'tenure_month'
        and is_complete_period
)

select
    period_start,
    tenure_month,
    customers_at_risk,
    customers_lost,
    round(churn_hazard, 4) as churn_hazard,
    round(survival, 4) as survival
from cells
where period_start = (select max(newest.period_start) from cells as newest)
order by tenure_month
