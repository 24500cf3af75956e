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
