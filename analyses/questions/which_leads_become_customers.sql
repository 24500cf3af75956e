-- Which leads become customers?
--
-- For each source of leads, those created in the latest twelve months whose window to order is
-- over: how many became customers within it, with the 95 % interval, and how that compares with all
-- leads. Best rate first.
-- Caveats: leads that are too young are left out, so nothing here moves by itself any more. A
-- source with a high rate and few leads is a reason to try more of it, no proof.
-- Reads a published file: kpi_values.
with cells as (
    select
        period_start,
        period_end,
        dimension,
        dimension_value,
        numerator,
        denominator,
        value,
        ci_low,
        ci_high,
        value_status
    from kpi.kpi_values
    where
        kpi = 'lead_conversion'
        and variant = 'lead_conversion_rate'
        and period_grain = 'r12m'
        and dimension in ('lead_source', 'total')
        and is_mature
),

latest as (
    select *
    from cells
    where period_end = (select max(newest.period_end) from cells as newest)
)

select
    latest.period_start as created_from,
    latest.period_end as created_before,
    latest.dimension_value as lead_source,
    cast(latest.denominator as bigint) as leads,
    cast(latest.numerator as bigint) as customers,
    round(latest.value, 4) as conversion_rate,
    round(latest.ci_low, 4) as ci_low,
    round(latest.ci_high, 4) as ci_high,
    round(overall.value, 4) as rate_of_all,
    case
        when latest.ci_low > overall.value then 'better than all'
        when latest.ci_high < overall.value then 'worse than all'
        else 'like all'
    end as answer,
    latest.value_status as status
from latest
inner join latest as overall
    on overall.dimension = 'total'
where latest.dimension = 'lead_source'
order by latest.value desc nulls last, latest.dimension_value asc
