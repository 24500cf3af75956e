-- Costs by day, and the months of a cost scope without any. The seed cost_allocation_rules has no
-- rows as shipped, and is left out.
create table ad_spend as
select
    spend.spend_date as day, spend.platform,
    times(spend.spend, rates.rate) as amount,
    times(spend.platform_revenue, rates.rate) as platform_revenue,
    spend.campaign, spend.marketing_channel
from stg.ad_spend as spend
left join (
    from fx_rates union all select 'EUR', day, 1 from days
) as rates on spend.currency_code = rates.currency_code and spend.spend_date = rates.rate_date
where not spend.is_deleted and spend.spend_date <= getvariable('as_of') and rates.rate is not null;

create temp view advertised as
select distinct platform as source, 'ppc' as medium, campaign
from ad_spend
where marketing_channel is null;

create temp table booked as
select
    day as from_day, day + 1 as to_day, 'marketing_program' as scope, amount, marketing_channel,
    campaign, platform, null as segment, true as is_paid_media
from ad_spend
union all
select
    case when service_start_date < service_end_date then service_start_date else incurred_on end,
    case when service_start_date < service_end_date then service_end_date else incurred_on + 1 end,
    cost_scope,
    times(ledger.amount, case when ledger.currency_code = 'EUR' then 1 else fx_rates.rate end),
    marketing_channel, campaign, null, segment, is_paid_media
from stg.cost_ledger as ledger
left join fx_rates
    on ledger.currency_code = fx_rates.currency_code and ledger.incurred_on = fx_rates.rate_date
where
    not ledger.is_deleted and ledger.incurred_on <= getvariable('as_of')
    and not ledger.is_covered_by_ad_spend
    and (ledger.currency_code = 'EUR' or fx_rates.rate is not null);

create macro channel_of_cost(given, of_campaign, of_platform) as
    coalesce(given, of_campaign, nullif(of_platform, 'Unassigned'), '(unallocated)');

create table costs as
with named as (
    select
        booked.from_day, booked.to_day - booked.from_day as length, booked.scope, booked.amount,
        booked.is_paid_media,
        channel_of_cost(
            named.marketing_channel, campaigns.marketing_channel, platforms.marketing_channel
        ) as marketing_channel,
        coalesce(booked.campaign, '(unallocated)') as campaign,
        case
            when booked.campaign is null then '(unallocated)'
            else coalesce(campaigns.program, '(unknown)')
        end as program,
        case
            when booked.campaign is null then '(unallocated)'
            else coalesce(campaigns.initiative, '(unknown)')
        end as initiative,
        case
            when booked.campaign is null then '(unallocated)'
            else coalesce(campaigns.tactic, '(unknown)')
        end as tactic,
        coalesce(booked.segment, '(unallocated)') as segment,
        booked.campaign is not null and coalesce(campaigns.is_lead_generation, true)
            as is_lead_generation
    from booked
    left join campaigns on booked.campaign = campaigns.campaign
    left join named_channels('booked') as named on booked.marketing_channel = named.given_channel
    left join channels_of('advertised') as platforms
        on booked.platform = platforms.source
        and booked.campaign is not distinct from platforms.campaign
),

spread as (
    select
        *, unnest(range(length)) + 1 as number,
        cast(trunc(abs(amount) * 100) as hugeint) as cents
    from named
)

select
    cast(from_day + cast(number - 1 as integer) as date) as day,
    scope,
    cast(
        cast(sign(amount) * (cents // length + cast(number <= cents % length as integer))
        as decimal(18, 0)) * 0.01
        + case
            when number = 1
                then amount - cast(sign(amount) * cents as decimal(18, 0)) * 0.01
            else 0
        end as decimal(18, 4)
    ) as amount,
    marketing_channel, campaign, program, initiative, tactic, segment, is_paid_media,
    is_lead_generation
from spread
where from_day + cast(number - 1 as integer) <= getvariable('today');

create table cost_gaps as
with scopes as (
    select scope, date_trunc('month', min(day)) as first_month
    from (
        select scope, day from costs
        union all
        select cost_scope, incurred_on from stg.cost_ledger
        where
            not is_deleted and incurred_on <= getvariable('as_of')
            and not is_covered_by_ad_spend
    )
    group by scope
),

months as (
    select
        scope,
        cast(unnest(generate_series(
            first_month, date_trunc('month', getvariable('today')) - interval 1 month,
            interval 1 month
        )) as date) as month
    from scopes
)

from months
where (scope, month) not in (select scope, cast(date_trunc('month', day) as date) from costs);

-- The periods in which cost of one of the scopes is missing.
create macro without_cost(scopes) as table
select distinct periods.grain as period_grain, periods.starts_on as period_start
from periods
inner join cost_gaps
    on list_contains(scopes, cost_gaps.scope)
    and cost_gaps.month < periods.ends_on
    and cost_gaps.month + interval 1 month > periods.starts_on;
