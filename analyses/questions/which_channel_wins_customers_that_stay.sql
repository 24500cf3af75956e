-- Which channel wins customers that stay?
--
-- For each channel of a customer's first touch, over the last twelve complete months: how many of
-- the customers of a year ago are still customers (`retention_rate`, with its 95 % interval), and
-- how many of its new customers ordered again within a year. Best retention first.
-- Caveats: few customers make a wide interval; channels whose intervals overlap do not differ by
-- this alone. `status` says where there are too few. The channel is that of the first touch on
-- record.
-- Reads a published file: kpi_values, kpi_repeat_customers.
with cells as (
    select
        cells.period_start,
        cells.period_end,
        cells.dimension_value as acquisition_channel,
        cells.denominator as customers_a_year_ago,
        cells.numerator as customers_retained,
        cells.value as retention_rate,
        cells.ci_low,
        cells.ci_high,
        cells.value_status
    from kpi.kpi_values as cells
    where
        cells.kpi = 'customer_retention'
        and cells.variant = 'retention_rate'
        and cells.period_grain = 'r12m'
        and cells.dimension = 'acquisition_channel'
        and cells.is_complete_period
)

select
    cells.acquisition_channel,
    cast(cells.customers_a_year_ago as bigint) as customers_a_year_ago,
    cast(cells.customers_retained as bigint) as customers_retained,
    round(cells.retention_rate, 4) as retention_rate,
    round(cells.ci_low, 4) as ci_low,
    round(cells.ci_high, 4) as ci_high,
    repeats.new_customers,
    round(repeats.repeat_customer_rate_within_365d, 4) as ordered_again_within_a_year,
    cells.value_status as status
from cells
left join kpi.kpi_repeat_customers as repeats
    on
        cells.period_start = repeats.period_start
        and cells.acquisition_channel = repeats.dimension_value
        and repeats.period_grain = 'r12m'
        and repeats.dimension = 'acquisition_channel'
where cells.period_end = (select max(newest.period_end) from cells as newest)
order by cells.retention_rate desc nulls last, cells.acquisition_channel asc
