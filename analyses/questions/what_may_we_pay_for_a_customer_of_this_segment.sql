-- What may we pay for a customer of this segment?
--
-- For each segment and the latest complete month: what a customer brings in margin over a lifetime
-- and in the first year, against what a customer cost in the last twelve months. `highest_cac`
-- keeps three times the cost within the lifetime margin, the rule of thumb; `pays_back_in_a_year`
-- asks whether the margin expected of a new customer in its first year covers the cost. `cac` is
-- that of all segments, since much cost is booked for none; what is booked for a segment alone
-- stands in `cac_booked_on_it`. A first year is known of segments with a fit of their own: that of
-- all would give every segment the same customer.
-- Reads a published file: kpi_values, fct_prediction_fits, fct_account_predictions.
with latest_month as (
    select max(period_start) as period_start
    from kpi.kpi_values
    where period_grain = 'month' and is_complete_period
),

segment_values as (
    select
        cells.dimension_value as segment,
        max(case when cells.variant = 'clv_margin' then cells.value end) as lifetime_margin,
        max(case when cells.variant = 'clv_margin' then cells.value_status end) as margin_status,
        max(case when cells.variant = 'lifetime_years' then cells.value end) as lifetime_years
    from kpi.kpi_values as cells
    inner join latest_month
        on cells.period_start = latest_month.period_start
    where
        cells.kpi = 'clv'
        and cells.period_grain = 'month'
        and cells.dimension = 'segment'
        and cells.variant in ('clv_margin', 'lifetime_years')
    group by cells.dimension_value
),

-- Twelve months, since few customers of a segment are won in one.
yearly_costs as (
    select
        cells.dimension,
        cells.dimension_value as segment,
        cells.value as cac,
        cells.denominator as new_customers
    from kpi.kpi_values as cells
    inner join latest_month
        on cells.period_end = cast(latest_month.period_start + interval 1 month as date)
    where
        cells.kpi = 'cac'
        and cells.variant = 'cac'
        and cells.period_grain = 'r12m'
        and cells.dimension in ('total', 'segment')
),

margin_rates as (
    select
        predictions.segment,
        max(predictions.margin_rate) as margin_rate
    from core.fct_account_predictions as predictions
    inner join latest_month
        on
            predictions.snapshot_date
            = cast(latest_month.period_start + interval 1 month as date) - 1
    group by predictions.segment
),

first_years as (
    select
        margin_rates.segment,
        fits.new_customer_value_12m * margin_rates.margin_rate as first_year_margin
    from margin_rates
    cross join latest_month
    inner join core.fct_prediction_fits as fits
        on
            margin_rates.segment = fits.fit_group
            and fits.snapshot_date = cast(latest_month.period_start + interval 1 month as date) - 1
)

select
    segment_values.segment,
    round(overall.cac, 2) as cac,
    round(booked.cac, 2) as cac_booked_on_it,
    cast(booked.new_customers as bigint) as new_customers,
    round(segment_values.lifetime_margin, 2) as lifetime_margin,
    round(segment_values.lifetime_years, 1) as lifetime_years,
    round(segment_values.lifetime_margin / 3, 2) as highest_cac,
    round(first_years.first_year_margin, 2) as first_year_margin,
    overall.cac <= segment_values.lifetime_margin / 3 as is_within_the_rule,
    overall.cac <= first_years.first_year_margin as pays_back_in_a_year,
    segment_values.margin_status as status
from segment_values
left join yearly_costs as overall
    on overall.dimension = 'total'
left join yearly_costs as booked
    on
        booked.dimension = 'segment'
        and segment_values.segment = booked.segment
left join first_years
    on segment_values.segment = first_years.segment
order by segment_values.segment
