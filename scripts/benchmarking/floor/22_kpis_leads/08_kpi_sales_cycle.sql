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
