create temp table calibrated as
select
    day, score, score_band, coalesce(cast(is_qualified as varchar), '(unknown)') as is_qualified,
    coalesce(days_to_order <= 90, false) as is_converted
from strict_leads
where not is_from_customer and age_days > 90;

create temp table calibration_cells as
select
    day,
    dimension_of(grouping_id(score_band, is_qualified), ['score_band', 'is_qualified'])
        as dimension,
    coalesce(score_band, is_qualified, 'all') as member,
    count(*) as leads, count(*) filter (is_converted) as leads_converted,
    count(score) as leads_scored
from calibrated
group by day, grouping sets ((), (score_band), (is_qualified));

-- A lead that converted meets each of its period that did not; by score, so few rows.
create temp table score_pairs as
with scored as (
    select
        days.grain, days.number, calibrated.score,
        count(*) filter (is_converted) as converted,
        count(*) filter (not is_converted) as others
    from calibrated
    inner join day_periods as days using (day)
    where calibrated.score is not null
    group by days.grain, days.number, calibrated.score
)

select
    grain, number, 'total' as dimension, 'all' as member,
    sum(converted * all_others) as score_pairs,
    sum(converted * (others_up_to - 0.5 * others)) as score_pairs_won
from (
    select
        *,
        sum(others) over (partition by grain, number) as all_others,
        sum(others) over (partition by grain, number order by score) as others_up_to
    from scored
)
group by grain, number;

create temp table calibration_periods as
select cells.*, pairs.score_pairs, pairs.score_pairs_won
from by_period('calibration_cells') as cells
left join score_pairs as pairs using (grain, number, dimension, member);

create table kpi.kpi_lead_score_calibration as
select
    cells.* replace (
        case when dimension = 'total' then score_pairs end as score_pairs,
        case when dimension = 'total' then score_pairs_won end as score_pairs_won
    ),
    ratio(leads_converted, leads) as band_conversion_rate,
    ratio(
        ratio(leads_converted, leads),
        max(ratio(leads_converted, leads)) filter (dimension = 'total')
            over (partition by period_grain, period_start)
    ) as band_lift,
    case when dimension = 'total' then ratio(score_pairs_won, score_pairs) end as auc
from kpi_table('calibration_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells;
