-- K06, K07 (leads, quotes), K09 to K13.
create temp table strict_leads as
select
    lead_facts.*, months.number as month, weeks.number as week,
    cast(1 as hugeint) << months.number as month_mask
from lead_facts
inner join period_days as weeks on lead_facts.day = weeks.day and weeks.grain = 'week'
inner join period_days as months on lead_facts.day = months.day and months.grain = 'month'
where lead_facts.is_strict and lead_facts.is_eligible;

-- Conversion.
create temp table lead_conversion_cells as
with rows as (
    select
        day, lead_source, marketing_channel, campaign, industry, country, account_size_band,
        score_band, sales_rep, not is_from_customer as is_in, days_to_order, age_days, days_to_won,
        days_to_payment, false as is_conversion
    from strict_leads
    union all
    select
        order_date, lead_source, marketing_channel, campaign, industry, country, account_size_band,
        score_band, sales_rep, true, null, null, null, null, true
    from strict_leads
    where not is_from_customer and order_date is not null
)

select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, industry, country, account_size_band,
            score_band, sales_rep),
        ['lead_source', 'marketing_channel', 'campaign', 'industry', 'country',
            'account_size_band', 'score_band', 'sales_rep']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, industry, country, account_size_band,
        score_band, sales_rep, 'all') as member,
    count(*) filter (is_in and not is_conversion) as leads_eligible,
    count(*) filter (is_in and days_to_order <= 90) as leads_converted_in_window,
    count(*) filter (is_in and age_days > 90) as leads_matured,
    count(*) filter (is_in and age_days > 90 and days_to_order <= 90) as leads_matured_converted,
    count(*) filter (is_in and days_to_order is not null) as leads_converted_to_date,
    count(*) filter (is_in and days_to_won <= 90) as leads_won,
    count(*) filter (is_in and days_to_payment <= 90) as leads_paid,
    count(*) filter (is_in and days_to_order <= 180) as leads_converted_in_180d,
    count(*) filter (is_in and days_to_order <= 365) as leads_converted_in_365d,
    count(*) filter (not is_in) as leads_from_customers,
    count(*) filter (is_conversion) as conversions_in_period
from rows
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (industry), (country),
    (account_size_band), (score_band), (sales_rep)
);

create temp table lead_accounts as
with masks as (
    select
        account_id, is_from_customer,
        dimension_of(
            grouping_id(lead_source, marketing_channel, campaign, industry, country,
                account_size_band, score_band, sales_rep),
            ['lead_source', 'marketing_channel', 'campaign', 'industry', 'country',
                'account_size_band', 'score_band', 'sales_rep']
        ) as dimension,
        coalesce(lead_source, marketing_channel, campaign, industry, country, account_size_band,
            score_band, sales_rep, 'all') as member,
        bit_or(month_mask) as leads,
        coalesce(bit_or(month_mask) filter (days_to_order <= 90), 0) as conversions
    from strict_leads
    group by account_id, is_from_customer, grouping sets (
        (), (lead_source), (marketing_channel), (campaign), (industry), (country),
        (account_size_band), (score_band), (sales_rep)
    )
),

grouped as (
    select
        dimension, member, leads, eligible, conversions, count(*) as accounts
    from (
        select
            account_id, dimension, member, bit_or(leads) as leads,
            coalesce(bit_or(leads) filter (not is_from_customer), 0) as eligible,
            coalesce(bit_or(conversions) filter (not is_from_customer), 0) as conversions
        from masks
        group by account_id, dimension, member
    )
    group by all
)

select
    periods.grain, periods.number, dimension, member,
    sum(accounts) as accounts_with_lead,
    coalesce(sum(accounts) filter (eligible & mask != 0), 0) as accounts_eligible,
    coalesce(sum(accounts) filter (conversions & mask != 0), 0) as accounts_converted
from grouped
inner join month_masks as periods on grouped.leads & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', week,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, industry, country, account_size_band,
            score_band, sales_rep),
        ['lead_source', 'marketing_channel', 'campaign', 'industry', 'country',
            'account_size_band', 'score_band', 'sales_rep']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, industry, country, account_size_band,
        score_band, sales_rep, 'all') as member,
    count(distinct account_id),
    count(distinct account_id) filter (not is_from_customer),
    count(distinct account_id) filter (not is_from_customer and days_to_order <= 90)
from strict_leads
group by week, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (industry), (country),
    (account_size_band), (score_band), (sales_rep)
);

create temp table lead_conversion_periods as
select cells.*, accounts.accounts_eligible, accounts.accounts_converted
from by_period('lead_conversion_cells') as cells
left join lead_accounts as accounts using (grain, number, dimension, member);

create table kpi.kpi_lead_conversion as
select
    *,
    ratio(leads_converted_in_window, leads_eligible) as lead_conversion_rate,
    ratio(leads_matured_converted, leads_matured) as lead_conversion_rate_matured,
    ratio(leads_converted_to_date, leads_eligible) as lead_conversion_rate_to_date,
    ratio(conversions_in_period, leads_eligible) as lead_conversion_rate_period,
    ratio(leads_won, leads_eligible) as lead_conversion_rate_won,
    ratio(leads_paid, leads_eligible) as lead_conversion_rate_paid,
    ratio(leads_converted_in_180d, leads_eligible) as lead_conversion_rate_180d,
    ratio(leads_converted_in_365d, leads_eligible) as lead_conversion_rate_365d,
    ratio(accounts_converted, accounts_eligible) as lead_conversion_rate_by_account
from kpi_table(
    'lead_conversion_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']
);

-- Number of leads, and those of the periods before.
create temp table lead_cells as
with records as (
    select
        *,
        bool_or(is_eligible) over (partition by surviving_lead_id) as is_any_eligible
    from lead_facts
),

rows as (
    select
        day, lead_source, marketing_channel, campaign, industry, country,
        cast(is_strict as integer) as leads,
        cast(lead_type = 'newsletter' as integer) as leads_newsletter, 0 as lead_records,
        0 as leads_spam
    from records
    where is_eligible and (is_strict or lead_type = 'newsletter')
    union all
    select
        cast(record_created_at as date), lead_source, marketing_channel, campaign, industry,
        country, 0, 0,
        cast(coalesce(exclusion, 'merged') = 'merged' and is_any_eligible as integer),
        cast(coalesce(exclusion, '') = 'spam' as integer)
    from records
    where is_strict
)

select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, industry, country),
        ['lead_source', 'marketing_channel', 'campaign', 'industry', 'country']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, industry, country, 'all') as member,
    sum(leads) as leads, sum(leads_newsletter) as leads_newsletter,
    sum(lead_records) as lead_records, sum(leads_spam) as leads_spam
from rows
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (industry), (country)
);

create temp table lead_sums as from by_period('lead_cells');

create temp table lead_periods as
with earlier as (
    select
        grain, number + case grain when 'r12m' then 12 else 1 end as number, dimension, member,
        leads as leads_previous_period, 0 as leads_year_ago
    from lead_sums
    union all
    select
        grain,
        number + case grain
            when 'week' then 52 when 'month' then 12 when 'quarter' then 4 when 'r12m' then 12
            else 1
        end, dimension, member, 0, leads
    from lead_sums
),

counted as (
    from lead_sums
    union all by name
    select grain, number, dimension, member, accounts_with_lead
    from lead_accounts
    where dimension not in ('account_size_band', 'score_band', 'sales_rep')
    union all by name
    -- What was there in an earlier period makes a cell, even if it was none of these leads.
    select earlier.* from earlier inner join periods using (grain, number)
    where leads_previous_period + leads_year_ago > 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_leads as
with firsts as (
    select grain, min(starts_on) as first_start from periods group by grain
)

select
    cells.* replace (
        case when periods.previous_start >= firsts.first_start then leads_previous_period end
            as leads_previous_period,
        case when periods.year_ago_start >= firsts.first_start then leads_year_ago end
            as leads_year_ago
    ),
    case when periods.previous_start >= firsts.first_start then leads - leads_previous_period end
        as leads_change,
    case when periods.year_ago_start >= firsts.first_start then leads - leads_year_ago end
        as leads_change_year_ago,
    leads + leads_newsletter as leads_broad,
    ratio(leads_change, leads_previous_period) as leads_growth_rate,
    ratio(leads_change_year_ago, leads_year_ago) as leads_growth_rate_year_ago
from kpi_table('lead_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
inner join firsts on periods.grain = firsts.grain;

-- Funnels of leads and quotes.
create temp table lead_funnel_cells as
select
    day,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    count(*) as leads, count(mql_at) as leads_mql, count(sql_at) as leads_sql,
    count(opportunity_at) as leads_opportunity, count(won_at) as leads_won,
    count(order_at) as leads_ordered, count(hours_to_mql) as leads_mql_timed,
    count(hours_to_sql) as leads_sql_timed, count(hours_to_opportunity) as leads_opportunity_timed,
    count(hours_to_won) as leads_won_timed, count(hours_to_order) as leads_ordered_timed
from strict_leads
group by day, grouping sets ((), (industry), (sales_rep), (lead_source));

create temp table lead_funnel_periods as from by_period('lead_funnel_cells');

create temp table lead_funnel_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    round(median(hours_to_mql), 9) as leads_mql_median_hours,
    round(median(hours_to_sql), 9) as leads_sql_median_hours,
    round(median(hours_to_opportunity), 9) as leads_opportunity_median_hours,
    round(median(hours_to_won), 9) as leads_won_median_hours,
    round(median(hours_to_order), 9) as leads_ordered_median_hours
from strict_leads
inner join day_periods as days using (day)
group by days.grain, days.number, grouping sets ((), (industry), (sales_rep), (lead_source));

create table kpi.kpi_lead_funnel as
select
    cells.*,
    ratio(leads_ordered, leads) as lead_funnel_rate,
    ratio(leads_mql, leads) as leads_mql_step_rate,
    ratio(leads_sql, leads_mql) as leads_sql_step_rate,
    ratio(leads_opportunity, leads_sql) as leads_opportunity_step_rate,
    ratio(leads_won, leads_opportunity) as leads_won_step_rate,
    ratio(leads_ordered, leads_won) as leads_ordered_step_rate,
    leads - leads_mql as leads_mql_lost, leads_mql - leads_sql as leads_sql_lost,
    leads_sql - leads_opportunity as leads_opportunity_lost,
    leads_opportunity - leads_won as leads_won_lost,
    leads_won - leads_ordered as leads_ordered_lost,
    medians.* exclude (grain, number, dimension, member)
from kpi_table('lead_funnel_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join lead_funnel_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;

create temp table quote_rows as
select
    quotes.*,
    case when is_sent_known then hours(requested_at, sent_at) end as hours_to_sent,
    case when is_sent_known and is_accepted_known then hours(sent_at, accepted_at) end
        as hours_to_accepted,
    case when is_accepted_known then hours(accepted_at, ordered_at) end as hours_to_order
from quotes;

create temp table quote_cells as
select
    day,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    count(*) as quotes_requested, count(sent_at) as quotes_sent,
    count(accepted_at) as quotes_accepted, count(ordered_at) as quotes_ordered,
    count(hours_to_sent) as quotes_sent_timed, count(hours_to_accepted) as quotes_accepted_timed,
    count(hours_to_order) as quotes_ordered_timed
from quote_rows
group by day, grouping sets ((), (industry), (sales_rep), (lead_source));

create temp table quote_periods as from by_period('quote_cells');

create temp table quote_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(industry, sales_rep, lead_source), ['industry', 'sales_rep', 'lead_source']
    ) as dimension,
    coalesce(industry, sales_rep, lead_source, 'all') as member,
    round(median(hours_to_sent), 9) as quotes_sent_median_hours,
    round(median(hours_to_accepted), 9) as quotes_accepted_median_hours,
    round(median(hours_to_order), 9) as quotes_ordered_median_hours
from quote_rows
inner join day_periods as days using (day)
group by days.grain, days.number, grouping sets ((), (industry), (sales_rep), (lead_source));

create table kpi.kpi_quote_funnel as
select
    cells.*,
    ratio(quotes_ordered, quotes_requested) as quote_funnel_rate,
    ratio(quotes_sent, quotes_requested) as quotes_sent_step_rate,
    ratio(quotes_accepted, quotes_sent) as quotes_accepted_step_rate,
    ratio(quotes_ordered, quotes_accepted) as quotes_ordered_step_rate,
    quotes_requested - quotes_sent as quotes_sent_lost,
    quotes_sent - quotes_accepted as quotes_accepted_lost,
    quotes_accepted - quotes_ordered as quotes_ordered_lost,
    medians.* exclude (grain, number, dimension, member)
from kpi_table('quote_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join quote_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;

-- Qualification: each count on its own date.
create temp table qualification_cells as
with rows as (
    select *, 'lead' as event, day as event_day from strict_leads
    union all
    select *, 'mql', mql_date from strict_leads where mql_at is not null
    union all
    select *, 'sql', sql_date from strict_leads where sql_at is not null
    union all
    select *, 'customer', customer_date from strict_leads where customer_at is not null
    union all
    select leads.*, 'reentry', entries.day
    from stage_entries as entries
    inner join strict_leads as leads on entries.lead_id = leads.lead_id
    where entries.is_reentry
)

select
    event_day as day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, sales_rep, industry, score_band),
        ['lead_source', 'marketing_channel', 'campaign', 'sales_rep', 'industry', 'score_band']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, sales_rep, industry, score_band, 'all')
        as member,
    count(*) filter (event = 'lead') as leads,
    count(mql_at) filter (event = 'lead') as leads_mql,
    count(*) filter (event = 'mql') as mqls,
    count(*) filter (event = 'mql' and is_mql_imputed) as mqls_imputed,
    count(*) filter (event = 'mql' and mql_outcome = 'sql') as mqls_to_sql,
    count(customer_at) filter (event = 'mql') as mqls_to_customer,
    count(*) filter (event = 'mql' and mql_outcome = 'rejected') as mqls_rejected,
    count(*) filter (event = 'mql' and mql_outcome = 'recycled') as mqls_recycled,
    count(*) filter (event = 'mql' and mql_outcome = 'open') as mqls_open,
    count(*) filter (event = 'mql' and current_stage in ('sql', 'opportunity', 'customer'))
        as mqls_now_sql,
    count(response_hours) filter (event = 'mql' and not is_mql_imputed) as mqls_responded,
    count(*) filter (event = 'sql') as sqls,
    count(customer_at) filter (event = 'sql') as sqls_to_customer,
    count(*) filter (event = 'customer') as customers,
    count(*) filter (event = 'customer' and mql_entered_at is null) as customers_never_mql,
    count(*) filter (event = 'reentry') as stage_reentries
from rows
group by event_day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (sales_rep), (industry), (score_band)
);

create temp table qualification_periods as from by_period('qualification_cells');

create temp table response_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, sales_rep, industry, score_band),
        ['lead_source', 'marketing_channel', 'campaign', 'sales_rep', 'industry', 'score_band']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, sales_rep, industry, score_band, 'all')
        as member,
    round(median(response_hours), 9) as mql_response_hours_median
from strict_leads
inner join day_periods as days on strict_leads.mql_date = days.day
where not is_mql_imputed and response_hours is not null
group by days.grain, days.number, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (sales_rep), (industry), (score_band)
);

create table kpi.kpi_lead_qualification as
select
    cells.*,
    ratio(mqls_to_sql, mqls) as mql_to_sql_rate,
    ratio(leads_mql, leads) as lead_to_mql_rate,
    ratio(sqls_to_customer, sqls) as sql_to_customer_rate,
    ratio(mqls_to_customer, mqls) as mql_to_customer_rate,
    ratio(mqls_rejected, mqls) as mql_rejected_rate,
    ratio(customers_never_mql, customers) as customers_never_mql_rate,
    ratio(sqls, mqls) as mql_to_sql_rate_period,
    ratio(mqls_now_sql, mqls) as mql_to_sql_rate_current_status,
    medians.mql_response_hours_median
from kpi_table('qualification_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join response_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;

-- Quality of leads, and what their scores are worth.
create temp table quality_cells as
select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, score_band, score_version),
        ['lead_source', 'marketing_channel', 'campaign', 'score_band', 'score_version']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, score_band, score_version, 'all') as member,
    count(*) as leads, count(score) as leads_scored, sum(coalesce(score, 0)) as score_sum,
    count(*) filter (is_qualified) as leads_qualified,
    count(*) filter (is_reachable) as leads_reachable,
    count(*) filter (is_fit) as leads_fit,
    count(*) filter (sales_verdict = 'accepted') as leads_accepted,
    count(*) filter (sales_verdict = 'rejected') as leads_rejected,
    count(sales_verdict) as leads_judged, count(is_fit) as leads_with_criteria,
    sum(coalesce(criteria_seen, 0)) as criteria_seen,
    sum(coalesce(criteria_expected, 0)) as criteria_expected
from strict_leads
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (score_band), (score_version)
);

create temp table quality_periods as from by_period('quality_cells');

create temp table score_medians as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(lead_source, marketing_channel, campaign, score_band, score_version),
        ['lead_source', 'marketing_channel', 'campaign', 'score_band', 'score_version']
    ) as dimension,
    coalesce(lead_source, marketing_channel, campaign, score_band, score_version, 'all') as member,
    round(median(cast(score as double)), 9) as lead_score_median
from strict_leads
inner join day_periods as days using (day)
where score is not null
group by days.grain, days.number, grouping sets (
    (), (lead_source), (marketing_channel), (campaign), (score_band), (score_version)
);

create table kpi.kpi_lead_quality as
select
    cells.*,
    ratio(score_sum, leads_scored) as lead_score_average,
    medians.lead_score_median,
    ratio(leads_qualified, leads_scored) as qualified_share,
    ratio(leads_scored, leads) as scored_share,
    ratio(leads_reachable, leads) as reachable_share,
    ratio(leads_fit, leads_with_criteria) as fit_share,
    ratio(leads_accepted, leads_judged) as sales_accepted_share,
    ratio(criteria_seen, criteria_expected) as score_completeness
from kpi_table('quality_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join score_medians as medians
    on periods.grain = medians.grain and periods.number = medians.number
    and cells.dimension = medians.dimension and cells.dimension_value = medians.member;

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

-- The sales cycle, by the date it ended on.
create temp table cycle_cells as
with leads as (
    select * from strict_leads where not is_from_customer
),

rows as (
    select
        day, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'created' as cycle, cast(order_date is null as integer) as days
    from leads
    union all
    select order_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'order', date_diff('day', day, order_date) from leads
    union all
    select order_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'touch', date_diff('day', first_touch_date, order_date) from leads
    union all
    select order_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'mql', date_diff('day', case when not is_mql_imputed then mql_date end, order_date)
    from leads
    union all
    select order_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'opportunity', date_diff('day', deal_created_date, order_date) from leads
    union all
    select won_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'won', date_diff('day', day, won_date) from leads
    union all
    select paid_date, lead_source, marketing_channel, industry, account_size_band, sales_rep,
        'payment', date_diff('day', day, paid_date) from leads
)

select
    day,
    dimension_of(
        grouping_id(lead_source, marketing_channel, industry, account_size_band, sales_rep),
        ['lead_source', 'marketing_channel', 'industry', 'account_size_band', 'sales_rep']
    ) as dimension,
    coalesce(lead_source, marketing_channel, industry, account_size_band, sales_rep, 'all')
        as member,
    count(*) filter (cycle = 'created') as leads_created,
    coalesce(sum(days) filter (cycle = 'created'), 0) as leads_open,
    coalesce(sum(days) filter (cycle = 'order'), 0) as cycle_days_sum,
    count(*) filter (cycle = 'order') as leads_converted,
    coalesce(sum(days) filter (cycle = 'touch'), 0) as cycle_days_from_touch_sum,
    count(*) filter (cycle = 'touch') as leads_converted_with_touch,
    coalesce(sum(days) filter (cycle = 'mql'), 0) as cycle_days_from_mql_sum,
    count(*) filter (cycle = 'mql') as leads_converted_with_mql,
    coalesce(sum(days) filter (cycle = 'opportunity'), 0) as cycle_days_from_opportunity_sum,
    count(*) filter (cycle = 'opportunity') as leads_converted_with_opportunity,
    coalesce(sum(days) filter (cycle = 'won'), 0) as cycle_days_to_won_sum,
    count(*) filter (cycle = 'won') as leads_won,
    coalesce(sum(days) filter (cycle = 'payment'), 0) as cycle_days_to_payment_sum,
    count(*) filter (cycle = 'payment') as leads_paid
from rows
where days >= 0
group by day, grouping sets (
    (), (lead_source), (marketing_channel), (industry), (account_size_band), (sales_rep)
);

create temp table cycle_periods as from by_period('cycle_cells');

create temp table cycle_percentiles as
select
    days.grain, days.number,
    dimension_of(
        grouping_id(lead_source, marketing_channel, industry, account_size_band, sales_rep),
        ['lead_source', 'marketing_channel', 'industry', 'account_size_band', 'sales_rep']
    ) as dimension,
    coalesce(lead_source, marketing_channel, industry, account_size_band, sales_rep, 'all')
        as member,
    quantile_cont(cast(days_to_order as double), [0.5, 0.9]) as percentiles
from strict_leads
inner join day_periods as days on strict_leads.order_date = days.day
where not is_from_customer and days_to_order >= 0
group by days.grain, days.number, grouping sets (
    (), (lead_source), (marketing_channel), (industry), (account_size_band), (sales_rep)
);

create table kpi.kpi_sales_cycle as
select
    cells.*,
    ratio(cycle_days_sum, leads_converted) as sales_cycle_days,
    ratio(cycle_days_from_touch_sum, leads_converted_with_touch) as sales_cycle_days_from_touch,
    ratio(cycle_days_from_mql_sum, leads_converted_with_mql) as sales_cycle_days_from_mql,
    ratio(cycle_days_from_opportunity_sum, leads_converted_with_opportunity)
        as sales_cycle_days_from_opportunity,
    ratio(cycle_days_to_won_sum, leads_won) as sales_cycle_days_to_won,
    ratio(cycle_days_to_payment_sum, leads_paid) as sales_cycle_days_to_payment,
    round(percentiles.percentiles[1], 9) as sales_cycle_days_median,
    round(percentiles.percentiles[2], 9) as sales_cycle_days_p90
from kpi_table('cycle_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []) as cells
inner join periods on cells.period_grain = periods.grain and cells.period_start = periods.starts_on
left join cycle_percentiles as percentiles
    on periods.grain = percentiles.grain and periods.number = percentiles.number
    and cells.dimension = percentiles.dimension and cells.dimension_value = percentiles.member;

-- Cost per lead.
create temp table lead_cost_cells as
with rows as (
    select
        day, marketing_channel, campaign, program, initiative, tactic, amount as marketing_cost,
        case when is_lead_generation then amount else 0 end as lead_gen_cost,
        case when is_paid_media then amount else 0 end as paid_media_cost,
        0 as leads, 0 as leads_broad, 0 as leads_mql, 0 as leads_sql
    from costs
    where scope in ('marketing_program', 'marketing_people')
    union all
    select
        day, marketing_channel, campaign, program, initiative, tactic, 0, 0, 0,
        cast(is_strict as integer), cast(is_strict or lead_type = 'newsletter' as integer),
        cast(is_strict and mql_at is not null as integer),
        cast(is_strict and sql_at is not null as integer)
    from lead_facts
    where is_eligible
)

select
    day,
    dimension_of(
        grouping_id(marketing_channel, campaign, program, initiative, tactic),
        ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic']
    ) as dimension,
    coalesce(marketing_channel, campaign, program, initiative, tactic, 'all') as member,
    sum(columns(* exclude (day, marketing_channel, campaign, program, initiative, tactic)))
from rows
group by day, grouping sets (
    (), (marketing_channel), (campaign), (program), (initiative), (tactic)
);

create temp table lead_cost_periods as from by_period('lead_cost_cells');

create table kpi.kpi_cost_per_lead as
select
    cells.*,
    case when gaps.period_start is null then ratio(marketing_cost, leads) end as cost_per_lead,
    case when gaps.period_start is null then ratio(lead_gen_cost, leads) end
        as cost_per_lead_lead_gen_only,
    case when gaps.period_start is null then ratio(paid_media_cost, leads) end
        as cost_per_lead_paid_media,
    case when gaps.period_start is null then ratio(marketing_cost, leads_broad) end
        as cost_per_lead_broad,
    case when gaps.period_start is null then ratio(marketing_cost, leads_mql) end as cost_per_mql,
    case when gaps.period_start is null then ratio(marketing_cost, leads_sql) end as cost_per_sql
from kpi_table('lead_cost_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign'])
    as cells
left join without_cost(['marketing_program', 'marketing_people']) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start;
