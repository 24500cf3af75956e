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
