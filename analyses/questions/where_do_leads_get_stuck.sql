-- Where do leads get stuck?
--
-- Leads of the last twelve complete months at each step of the way to an order: how many reached
-- it, how many of those at the step before, how many did not, and the median hours from one step to
-- the next of those who took it.
-- Caveats: recent leads are still on their way, so late steps look worse than they will be. Hours
-- are of leads with both moments on record.
-- Reads a published file: bi.lead_funnel_r12m.
with latest as (
    select *
    from bi.lead_funnel_r12m
    where
        period_end = (
            select max(newest.period_end)
            from bi.lead_funnel_r12m as newest
            where newest.is_complete_period
        )
),

steps as (
    select
        1 as step_number,
        'marketing qualified' as step,
        distinct_leads as leads_before,
        distinct_leads_mql as leads_there,
        leads_mql_median_hours as median_hours
    from latest
    union all
    select
        2 as step_number,
        'sales qualified' as step,
        distinct_leads_mql as leads_before,
        distinct_leads_sql as leads_there,
        leads_sql_median_hours as median_hours
    from latest
    union all
    select
        3 as step_number,
        'opportunity' as step,
        distinct_leads_sql as leads_before,
        distinct_leads_opportunity as leads_there,
        leads_opportunity_median_hours as median_hours
    from latest
    union all
    select
        4 as step_number,
        'won' as step,
        distinct_leads_opportunity as leads_before,
        distinct_leads_won as leads_there,
        leads_won_median_hours as median_hours
    from latest
    union all
    select
        5 as step_number,
        'ordered' as step,
        distinct_leads_won as leads_before,
        distinct_leads_ordered as leads_there,
        leads_ordered_median_hours as median_hours
    from latest
)

select
    step_number,
    step,
    leads_before,
    leads_there,
    leads_before - leads_there as leads_not_there,
    round(leads_there / nullif(leads_before, 0), 4) as step_rate,
    round(median_hours, 1) as median_hours
from steps
order by step_number
