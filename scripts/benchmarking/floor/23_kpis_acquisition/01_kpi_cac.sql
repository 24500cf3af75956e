-- K14 to K17.
create macro cost_of(scope, amount, scopes) as
    case when list_contains(scopes, scope) then amount else 0 end;
create macro marketing() as ['marketing_program', 'marketing_people'];
create macro acquiring() as
    ['marketing_program', 'marketing_people', 'sales_people', 'sales_commission'];

create table new_customers as
select
    orders.*, acquisition.is_origin_known, acquisition.is_originated, acquisition.is_influenced,
    refunded.account_id is not null as is_refunded
from order_facts as orders
left join acquisition on orders.account_id = acquisition.account_id
left join (
    select account_id from order_facts where is_valid group by account_id
    having bool_and(is_fully_refunded)
) as refunded on orders.account_id = refunded.account_id
where orders.is_first_order;

create temp table cac_cells as
with rows as (
    select
        day, marketing_channel, campaign, program, initiative, tactic,
        marketing_channel as acquisition_channel, segment, '(unallocated)' as industry,
        cost_of(scope, amount, marketing()) as marketing_cost,
        cost_of(scope, amount, ['sales_people', 'sales_commission']) as sales_cost,
        cost_of(scope, amount, ['overhead']) as overhead_cost,
        case when is_paid_media then cost_of(scope, amount, marketing()) else 0 end
            as paid_media_cost,
        cost_of(scope, amount, acquiring()) as acquisition_cost,
        0 as acquisition_cost_lagged, 0 as new_customers, 0 as new_customers_net
    from costs
    union all by name
    select
        day + 90 as day, marketing_channel, campaign, program, initiative, tactic,
        marketing_channel as acquisition_channel, segment, '(unallocated)' as industry,
        amount as acquisition_cost_lagged
    from costs
    where list_contains(acquiring(), scope)
    union all by name
    select
        order_date as day, marketing_channel, campaign, program, initiative, tactic,
        acquisition_channel, segment, industry, 1 as new_customers,
        cast(not is_refunded as integer) as new_customers_net
    from new_customers
)

select
    day,
    dimension_of(
        grouping_id(marketing_channel, campaign, program, initiative, tactic, acquisition_channel,
            segment, industry),
        ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic',
            'acquisition_channel', 'segment', 'industry']
    ) as dimension,
    coalesce(marketing_channel, campaign, program, initiative, tactic, acquisition_channel,
        segment, industry, 'all') as member,
    sum(marketing_cost) as marketing_cost, sum(sales_cost) as sales_cost,
    sum(overhead_cost) as overhead_cost, sum(paid_media_cost) as paid_media_cost,
    sum(acquisition_cost) as acquisition_cost,
    sum(acquisition_cost_lagged) as acquisition_cost_lagged,
    sum(new_customers) as new_customers, sum(new_customers_net) as new_customers_net
from rows
group by day, grouping sets (
    (), (marketing_channel), (campaign), (program), (initiative), (tactic),
    (acquisition_channel), (segment), (industry)
);

-- The edges of active stretches, by the members of the account on the day.
create table active_edges as
with stretches as (
    select
        greatest(spells.active_from, coalesce(members.valid_from, spells.active_from)) as starts_on,
        least(spells.active_to, coalesce(members.valid_to, spells.active_to)) as ends_on,
        coalesce(members.segment, '(unknown)') as segment,
        coalesce(members.industry, '(unknown)') as industry,
        coalesce(members.account_size_band, '(unknown)') as account_size_band,
        coalesce(members.acquisition_channel, '(unattributed)') as acquisition_channel,
        coalesce(strftime(customers.first_order_date, '%Y-%m'), '(unknown)') as cohort_month
    from account_spells as spells
    left join members
        on spells.account_id = members.account_id
        and spells.active_from < members.valid_to and spells.active_to > members.valid_from
    left join customers on spells.account_id = customers.account_id
),

edges as (
    select starts_on as day, 1 as step, * exclude (starts_on, ends_on) from stretches
    union all
    select ends_on, -1, * exclude (starts_on, ends_on) from stretches
)

select
    day,
    dimension_of(
        grouping_id(segment, industry, account_size_band, acquisition_channel, cohort_month),
        ['segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month']
    ) as dimension,
    coalesce(segment, industry, account_size_band, acquisition_channel, cohort_month, 'all')
        as member,
    sum(step) as accounts, sum(step * date_diff('day', date '1970-01-01', day)) as account_days
from edges
where day <= getvariable('today')
group by day, grouping sets (
    (), (segment), (industry), (account_size_band), (acquisition_channel), (cohort_month)
);

create temp table cac_periods as
with counted as (
    from by_period('cac_cells')
    union all by name
    select grain, number, dimension, member, at_end.accounts as customers_active_at_end
    from to_date('active_edges')
    where
        dimension in ('total', 'acquisition_channel', 'segment', 'industry')
        and at_end.accounts != 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_cac as
with lagged_gaps as (
    select distinct periods.grain as period_grain, periods.starts_on as period_start
    from periods
    inner join cost_gaps
        on list_contains(acquiring(), cost_gaps.scope)
        and cost_gaps.month < periods.ends_on - 90
        and cost_gaps.month + interval 1 month > periods.starts_on - 90
    union
    select periods.grain, periods.starts_on
    from periods
    where periods.starts_on - 90 < (
        select date_trunc('month', min(day)) from costs where list_contains(acquiring(), scope)
    )
)

select
    cells.* replace (
        case when dimension in ('total', 'acquisition_channel', 'segment', 'industry')
            then customers_active_at_end end as customers_active_at_end
    ),
    acquisition_cost + overhead_cost as fully_loaded_cost,
    case when gaps.period_start is null then ratio(acquisition_cost, new_customers) end as cac,
    case when of_marketing.period_start is null then ratio(marketing_cost, new_customers) end
        as cac_marketing_only,
    case when of_all.period_start is null
        then ratio(acquisition_cost + overhead_cost, new_customers) end as cac_fully_loaded,
    case when of_marketing.period_start is null then ratio(paid_media_cost, new_customers) end
        as cac_paid_media,
    case when of_marketing.period_start is null
        and dimension in ('total', 'acquisition_channel', 'segment', 'industry')
        then ratio(marketing_cost, customers_active_at_end) end as cac_per_customer_all,
    case when lagged.period_start is null then ratio(acquisition_cost_lagged, new_customers) end
        as cac_lagged
from kpi_table('cac_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']) as cells
left join without_cost(acquiring()) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(marketing()) as of_marketing
    on cells.period_grain = of_marketing.period_grain
    and cells.period_start = of_marketing.period_start
left join without_cost(list_append(acquiring(), 'overhead')) as of_all
    on cells.period_grain = of_all.period_grain and cells.period_start = of_all.period_start
left join lagged_gaps as lagged
    on cells.period_grain = lagged.period_grain and cells.period_start = lagged.period_start;
