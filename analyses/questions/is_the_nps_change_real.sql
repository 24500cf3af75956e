-- Is the NPS change real?
--
-- The score of each of the last eight complete quarters with its 95 % interval, and whether the
-- change against the quarter before is larger than chance explains (`is_change_real`: the interval
-- of the difference leaves out 0). `answer` says it in words.
-- Caveats: with few answers a change of thirty points can be chance. An interval says nothing of
-- those who did not answer: see `nps_response_rate` in kpi_nps.
-- Reads a published file: kpi_values.
with quarters as (
    select
        period_start,
        value,
        previous_value,
        n,
        ci_low,
        ci_high,
        value_status,
        coalesce(is_change_significant, false) as is_change_real
    from kpi.kpi_values
    where
        kpi = 'nps'
        and variant = 'nps'
        and period_grain = 'quarter'
        and dimension = 'total'
        and is_complete_period
    order by period_start desc
    limit 8
)

select
    period_start,
    n as answers,
    round(value, 1) as nps,
    round(ci_low, 1) as ci_low,
    round(ci_high, 1) as ci_high,
    round(value - previous_value, 1) as change,
    is_change_real,
    case
        when value is null or previous_value is null then 'nothing to compare'
        when is_change_real and value > previous_value then 'better'
        when is_change_real then 'worse'
        else 'no more than chance explains'
    end as answer,
    value_status as status
from quarters
order by period_start desc
