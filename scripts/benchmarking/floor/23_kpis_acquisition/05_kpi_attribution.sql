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
