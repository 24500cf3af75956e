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

create temp table share_cells as
with rows as (
    select
        day, segment,
        cost_of(scope, amount, marketing()) as marketing_cost,
        cost_of(scope, amount, ['sales_people', 'sales_commission']) as sales_cost,
        cost_of(scope, amount, ['overhead']) as overhead_cost,
        cost_of(scope, amount, acquiring()) as acquisition_cost,
        cost_of(scope, amount, list_append(acquiring(), 'overhead')) as fully_loaded_cost,
        0 as new_customers
    from costs
    union all by name
    select order_date as day, segment, 1 as new_customers from new_customers
)

select
    day, case when grouping(segment) = 0 then 'segment' else 'total' end as dimension,
    coalesce(segment, 'all') as member,
    coalesce(sum(columns(* exclude (day, segment))), 0)
from rows
group by day, grouping sets ((), (segment));

create temp table share_periods as from by_period('share_cells', with_days := true);

create table kpi.kpi_marketing_share_of_cac as
select
    cells.*,
    case when gaps.period_start is null then ratio(marketing_cost, acquisition_cost) end
        as marketing_share_of_cac,
    case when of_all.period_start is null then ratio(marketing_cost, fully_loaded_cost) end
        as marketing_share_of_fully_loaded_cac
from kpi_table('share_periods', ['day', 'week', 'month', 'quarter', 'year', 'r12m'], []) as cells
left join without_cost(acquiring()) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(list_append(acquiring(), 'overhead')) as of_all
    on cells.period_grain = of_all.period_grain and cells.period_start = of_all.period_start;

-- Customers that marketing originated, and the people it reached.
create temp table originated_cells as
select
    order_date as day,
    dimension_of(
        grouping_id(acquisition_channel, acquisition_campaign, industry),
        ['acquisition_channel', 'campaign', 'industry']
    ) as dimension,
    coalesce(acquisition_channel, acquisition_campaign, industry, 'all') as member,
    count(*) as new_customers,
    count(*) filter (is_originated) as new_customers_originated,
    count(*) filter (is_influenced) as new_customers_influenced,
    count(*) filter (not is_origin_known) as new_customers_without_touch,
    count(*) filter (is_marketing) as new_customers_credited,
    sum(order_value) as first_order_value,
    coalesce(sum(order_value) filter (is_originated), 0) as first_order_value_originated
from new_customers
group by order_date, grouping sets (
    (), (acquisition_channel), (acquisition_campaign), (industry)
);

create temp table reached as
with rows as (
    select
        coalesce('contact:' || touches.contact_id, touches.visitor_id) as person,
        origins.marketing_channel, origins.campaign,
        case when touches.account_id is null then '(no account)'
            else coalesce(members.industry, '(unknown)') end as industry,
        weeks.number as week, cast(1 as hugeint) << months.number as month_mask
    from touches
    inner join origins on touches.origin = origins.origin and origins.is_marketing
    left join members
        on touches.account_id = members.account_id
        and cast(touches.touched_at as date) >= members.valid_from
        and cast(touches.touched_at as date) < members.valid_to
    inner join period_days as weeks
        on cast(touches.touched_at as date) = weeks.day and weeks.grain = 'week'
    inner join period_days as months
        on cast(touches.touched_at as date) = months.day and months.grain = 'month'
    where
        person is not null
        and (touches.account_id is null or touches.account_id not in (from internal_accounts))
),

masks as (
    select
        person,
        dimension_of(
            grouping_id(marketing_channel, campaign, industry),
            ['acquisition_channel', 'campaign', 'industry']
        ) as dimension,
        coalesce(marketing_channel, campaign, industry, 'all') as member,
        bit_or(month_mask) as touched
    from rows
    group by person, grouping sets ((), (marketing_channel), (campaign), (industry))
)

select periods.grain, periods.number, dimension, member, sum(people) as people_reached
from (select dimension, member, touched, count(*) as people from masks group by all) as grouped
inner join month_masks as periods on grouped.touched & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', week,
    dimension_of(
        grouping_id(marketing_channel, campaign, industry),
        ['acquisition_channel', 'campaign', 'industry']
    ),
    coalesce(marketing_channel, campaign, industry, 'all'),
    count(distinct person)
from rows
group by week, grouping sets ((), (marketing_channel), (campaign), (industry));

create temp table originated_periods as
with counted as (
    from by_period('originated_cells') union all by name from reached
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_marketing_originated as
select
    *,
    new_customers - new_customers_without_touch as new_customers_known,
    ratio(new_customers_originated, new_customers) as marketing_originated_rate,
    ratio(new_customers_originated, new_customers - new_customers_without_touch)
        as marketing_originated_rate_known_only,
    ratio(new_customers_influenced, new_customers) as marketing_influenced_rate,
    ratio(new_customers_credited, new_customers) as marketing_attributed_rate,
    ratio(first_order_value_originated, first_order_value) as marketing_originated_sales_rate
from kpi_table('originated_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']);

-- Return on marketing, by the default model.
create temp table romi_cells as
with sold as (
    select
        order_days.day, orders.marketing_channel, orders.campaign, orders.is_marketing,
        orders.is_paid, orders.customer_type, orders.touch_day, order_days.net_sales,
        order_days.net_sales - order_days.cogs as margin
    from order_days
    inner join order_facts as orders on order_days.order_id = orders.order_id
),

rows as (
    select
        day, marketing_channel, campaign,
        case when is_marketing then net_sales else 0 end as attributed_net_sales,
        case when is_marketing and customer_type = 'returning' then net_sales else 0 end
            as attributed_net_sales_returning,
        case when is_marketing then margin else 0 end as attributed_margin,
        net_sales,
        case when is_paid then net_sales else 0 end as attributed_net_sales_paid,
        0 as attributed_net_sales_touch_dated, 0 as attributed_net_sales_touch_dated_30d,
        0 as attributed_net_sales_touch_dated_90d, 0 as attributed_net_sales_touch_dated_365d,
        0 as marketing_cost, 0 as platform_revenue, 0 as platform_spend
    from sold
    union all by name
    select
        touch_day as day, marketing_channel, campaign,
        net_sales as attributed_net_sales_touch_dated,
        case when day <= touch_day + 30 then net_sales else 0 end
            as attributed_net_sales_touch_dated_30d,
        case when day <= touch_day + 90 then net_sales else 0 end
            as attributed_net_sales_touch_dated_90d,
        case when day <= touch_day + 365 then net_sales else 0 end
            as attributed_net_sales_touch_dated_365d
    from sold
    where is_marketing
    union all by name
    select day, marketing_channel, campaign, amount as marketing_cost
    from costs
    where list_contains(marketing(), scope)
    union all by name
    select
        spend.day,
        channel_of_cost(
            named.marketing_channel, campaigns.marketing_channel, platforms.marketing_channel
        ) as marketing_channel,
        coalesce(spend.campaign, '(unallocated)') as campaign,
        coalesce(spend.platform_revenue, 0) as platform_revenue, spend.amount as platform_spend
    from ad_spend as spend
    left join campaigns on spend.campaign = campaigns.campaign
    left join named_channels('ad_spend') as named on spend.marketing_channel = named.given_channel
    left join channels_of('advertised') as platforms
        on spend.platform = platforms.source
        and spend.campaign is not distinct from platforms.campaign
)

select
    day,
    dimension_of(grouping_id(marketing_channel, campaign), ['marketing_channel', 'campaign'])
        as dimension,
    coalesce(marketing_channel, campaign, 'all') as member,
    coalesce(sum(columns(* exclude (day, marketing_channel, campaign))), 0)
from rows
group by day, grouping sets ((), (marketing_channel), (campaign));

create temp table romi_periods as from by_period('romi_cells');

create table kpi.kpi_romi as
select
    cells.*,
    attributed_net_sales - marketing_cost as attributed_net_sales_after_cost,
    attributed_margin - marketing_cost as attributed_margin_after_cost,
    case when gaps.period_start is null then ratio(attributed_net_sales, marketing_cost) end
        as romi,
    case when gaps.period_start is null
        then ratio(attributed_net_sales - marketing_cost, marketing_cost) end as romi_net_return,
    case when gaps.period_start is null
        then ratio(attributed_margin - marketing_cost, marketing_cost) end as romi_margin_return,
    case when gaps.period_start is null then ratio(net_sales, marketing_cost) end
        as marketing_efficiency_ratio,
    case when gaps.period_start is null
        then ratio(attributed_net_sales_returning, marketing_cost) end as romi_returning,
    case when of_ads.period_start is null then ratio(platform_revenue, platform_spend) end
        as roas_platform_reported,
    case when of_ads.period_start is null then ratio(attributed_net_sales_paid, platform_spend) end
        as roas,
    case when gaps.period_start is null
        then ratio(attributed_net_sales_touch_dated, marketing_cost) end as romi_touch_dated,
    case when gaps.period_start is null
        then ratio(attributed_net_sales_touch_dated_30d, marketing_cost) end
        as romi_touch_dated_30d,
    case when gaps.period_start is null
        then ratio(attributed_net_sales_touch_dated_90d, marketing_cost) end
        as romi_touch_dated_90d,
    case when gaps.period_start is null
        then ratio(attributed_net_sales_touch_dated_365d, marketing_cost) end
        as romi_touch_dated_365d
from kpi_table('romi_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']) as cells
left join without_cost(marketing()) as gaps
    on cells.period_grain = gaps.period_grain and cells.period_start = gaps.period_start
left join without_cost(['marketing_program']) as of_ads
    on cells.period_grain = of_ads.period_grain and cells.period_start = of_ads.period_start;

-- Every attribution model beside the others: by day and origin first, which are few.
create temp table attribution_cells as
with counted as (
    select
        conversions.day, credits.origin,
        coalesce(sum(columns(credits.* exclude (conversion, origin)))
            filter (conversions.kind = 'order'), 0) as "orders_\0",
        coalesce(sum(columns(credits.* exclude (conversion, origin)))
            filter (new_customers.order_id is not null), 0) as "new_customers_\0",
        coalesce(sum(columns(credits.* exclude (conversion, origin)))
            filter (conversions.kind = 'lead'), 0) as "leads_\0"
    from credits
    inner join conversions using (conversion)
    left join new_customers
        on conversions.kind = 'order' and conversions.id = new_customers.order_id
    where conversions.is_valid
    group by conversions.day, credits.origin
),

sold as (
    select
        order_days.day, coalesce(credits.origin, 0) as origin,
        sum(
            cast(order_days.net_sales * 10000 as bigint)
            * coalesce(columns(credits.* exclude (conversion, origin)), 100000000)
        ) as "net_sales_\0"
    from order_days
    left join conversions on conversions.kind = 'order' and order_days.order_id = conversions.id
    left join credits on conversions.conversion = credits.conversion
    group by order_days.day, coalesce(credits.origin, 0)
),

rows as (
    from counted
    union all by name
    from sold
)

select
    rows.day,
    dimension_of(
        grouping_id(marketing_channel, campaign, program, initiative, tactic),
        ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic']
    ) as dimension,
    coalesce(marketing_channel, campaign, program, initiative, tactic, 'all') as member,
    coalesce(sum(columns('^(orders|new_customers|leads|net_sales)_.*')), 0)
from (
    select
        rows.*, coalesce(origins.marketing_channel, '(unattributed)') as marketing_channel,
        coalesce(origins.campaign, '(unattributed)') as campaign,
        coalesce(origins.program, '(unattributed)') as program,
        coalesce(origins.initiative, '(unattributed)') as initiative,
        coalesce(origins.tactic, '(unattributed)') as tactic
    from rows
    left join origins using (origin)
) as rows
group by rows.day, grouping sets (
    (), (marketing_channel), (campaign), (program), (initiative), (tactic)
);

create temp table attribution_periods as from by_period('attribution_cells');

create table kpi.kpi_attribution as
select
    columns('^(period_|dimension).*'),
    cast(columns('^(orders|new_customers|leads)_.*') * 0.00000001 as decimal(18, 8)) as "\0",
    cast(columns('^net_sales_.*') * 0.000000000001 as decimal(38, 12)) as "\0"
from kpi_table('attribution_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['campaign']);
