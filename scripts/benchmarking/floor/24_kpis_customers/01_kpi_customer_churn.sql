-- K18 to K21, K30.
create temp table churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary,
    count(*) filter (at_start and at_end) as retained
from account_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (cancel_reason)
)
having dimension = 'total' or member != 'all';

create temp table subscription_churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary
from subscription_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (cancel_reason)
)
having dimension = 'total' or member != 'all';

create temp table list_churn_cells as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
            list_name, cancel_reason),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'tenure_band', 'plan',
            'list_name', 'cancel_reason']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, tenure_band, plan,
        list_name, cancel_reason, 'all') as member,
    count(*) filter (at_start) as at_start, count(*) filter (is_lost) as lost,
    count(*) filter (is_new) as new, count(*) filter (is_reactivated) as reactivated,
    count(*) filter (at_end) as at_end, sum(churn_events) as churn_events,
    sum(reactivation_events) as reactivation_events,
    count(*) filter (is_voluntary) as lost_voluntary,
    count(*) filter (is_involuntary) as lost_involuntary
from list_periods
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (tenure_band), (plan),
    (list_name), (cancel_reason)
)
having dimension = 'total' or member != 'all';

-- Only a lost unit has a reason; there is no start of which these could be a share.
create macro churn_rates(cells) as table
with counted as (
    select
        period_grain, period_start, dimension, dimension_value, lost, lost_voluntary,
        lost_involuntary,
        case when dimension != 'cancel_reason' then at_start end as at_start,
        case when dimension != 'cancel_reason' then new end as new,
        case when dimension != 'cancel_reason' then reactivated end as reactivated,
        case when dimension != 'cancel_reason' then at_end end as at_end,
        case when dimension != 'cancel_reason' then churn_events end as churn_events,
        case when dimension != 'cancel_reason' then reactivation_events end
            as reactivation_events
    from kpi_table(cells, ['week', 'month', 'quarter', 'year', 'r12m'], [])
)

select
    *,
    at_start - lost as remaining,
    cast(at_start + at_end as decimal(18, 1)) / 2 as average,
    at_start + new as at_start_and_new,
    at_start + new + reactivated as at_start_new_and_reactivated,
    ratio(lost, at_start) as rate,
    ratio(lost, at_start - lost) as rate_over_remaining,
    ratio(lost, at_end) as rate_over_end_active,
    ratio(lost, cast(at_start + at_end as double) / 2) as rate_over_average,
    ratio(lost, at_start + new) as rate_start_plus_new,
    ratio(lost, at_start + new + reactivated) as rate_start_plus_new_and_reactivated,
    ratio(churn_events, at_start) as rate_intra_period,
    ratio(lost_voluntary, at_start) as rate_voluntary,
    ratio(lost_involuntary, at_start) as rate_involuntary,
    case when period_grain = 'month' then 1 - power(1 - ratio(lost, at_start), 12) end
        as rate_annualised
from counted;

create table kpi.kpi_customer_churn as
select
    period_grain, period_start, dimension, dimension_value, churn_events, reactivation_events,
    columns('^(at_|lost|new$|reactivated$|remaining$|average$).*') as "customers_\0",
    columns('^(rate).*') as "churn_\0"
from churn_rates('churn_cells');
