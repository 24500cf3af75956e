-- Which marketing pays?
--
-- For each marketing channel, over the last twelve complete months: what it cost, the net sales and
-- the margin of orders credited to it, and what one unit of money brought back: `romi` in net
-- sales, `margin_per_cost` in margin. `pays` asks whether the margin covers the cost. Dearest
-- first.
-- Caveats: credit is by the default attribution model; `does_the_model_change_the_answer` shows the
-- others. Margin of repeat orders that come later is not in it: see clv. Channels without cost have
-- no return. A year ends before all its orders are in.
-- Reads a published file: kpi_romi.
with cells as (
    select
        period_end,
        dimension_value as marketing_channel,
        marketing_cost,
        attributed_net_sales,
        attributed_margin,
        romi
    from kpi.kpi_romi
    where
        period_grain = 'r12m'
        and dimension = 'marketing_channel'
        and is_complete_period
)

select
    marketing_channel,
    marketing_cost,
    round(attributed_net_sales, 2) as attributed_net_sales,
    round(attributed_margin, 2) as attributed_margin,
    round(romi, 2) as romi,
    round(attributed_margin / nullif(marketing_cost, 0), 2) as margin_per_cost,
    attributed_margin > marketing_cost as pays
from cells
where
    period_end = (select max(newest.period_end) from cells as newest)
    and (marketing_cost != 0 or attributed_net_sales != 0)
order by marketing_cost desc nulls last, attributed_net_sales desc, marketing_channel asc
