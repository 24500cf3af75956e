-- Does the attribution model change the answer?
--
-- New customers of the last twelve complete months by marketing channel, as four models credit
-- them: all to the first touch, all to the last, to the last that was not direct (the default), or
-- evenly to all. `lowest` and `highest` are over these four; a wide `spread` means that the
-- channel's worth is a matter of the model, so do not move money by one of them alone.
-- Caveats: each model gives out the same customers, so every column has the same sum. Touches
-- before the look-back window, or without consent, are unknown to all models.
-- Reads a published file: kpi_attribution.
with latest as (
    select
        dimension_value as marketing_channel,
        new_customers_first,
        new_customers_last,
        new_customers_last_non_direct,
        new_customers_linear
    from kpi.kpi_attribution
    where
        period_grain = 'r12m'
        and dimension = 'marketing_channel'
        and period_end = (
            select max(newest.period_end)
            from kpi.kpi_attribution as newest
            where newest.period_grain = 'r12m' and newest.is_complete_period
        )
),

compared as (
    select
        *,
        least(
            new_customers_first,
            new_customers_last,
            new_customers_last_non_direct,
            new_customers_linear
        ) as lowest,
        greatest(
            new_customers_first,
            new_customers_last,
            new_customers_last_non_direct,
            new_customers_linear
        ) as highest
    from latest
)

select
    marketing_channel,
    round(new_customers_first, 2) as by_first_touch,
    round(new_customers_last, 2) as by_last_touch,
    round(new_customers_last_non_direct, 2) as by_last_non_direct_touch,
    round(new_customers_linear, 2) as by_all_touches,
    round(lowest, 2) as lowest,
    round(highest, 2) as highest,
    round(highest - lowest, 2) as spread
from compared
where highest > 0
order by highest - lowest desc, marketing_channel asc
