-- Months of kpi_attribution and kpi_romi, added up, against the facts they are made of. Parts whose
-- raw tables were not delivered are null and have nothing to compare.
with attribution as (
    select
        sum(orders_linear) as orders,
        sum(new_customers_linear) as new_customers,
        sum(leads_linear) as leads,
        sum(net_sales_linear) as net_sales
    from {{ ref('kpi_attribution') }}
    where period_grain = 'month' and dimension = 'marketing_channel'
),

romi as (
    select
        sum(net_sales) as net_sales,
        sum(marketing_cost) as marketing_cost,
        sum(platform_spend) as platform_spend
    from {{ ref('kpi_romi') }}
    where period_grain = 'month' and dimension = 'total'
),

orders as (
    select
        count(*) filter (where is_valid_order) as orders,
        count(*) filter (where is_first_order) as new_customers,
        count(*) filter (where is_eligible and order_type = 'sale') as orders_placed
    from {{ ref('fct_orders') }}
),

-- Cancelled orders keep their channel.
credited_orders as (
    select count(distinct conversion_id) as orders_placed
    from {{ ref('fct_attribution_credits') }}
    where conversion_type = 'order'
),

leads as (
    select count(distinct conversion_id) as leads
    from {{ ref('fct_attribution_credits') }}
    where conversion_type = 'lead'
),

sales as (
    select coalesce(sum(gross_sales - discounts - returns - cancellations), 0) as net_sales
    from {{ ref('fct_sales_entries') }}
    where is_eligible
),

costs as (
    select
        coalesce(sum(amount) filter (where cost_scope in ({{ cost_scopes('marketing') }})), 0)
            as marketing_cost,
        coalesce(sum(amount) filter (where cost_source = 'ad_spend'), 0) as platform_spend
    from {{ ref('fct_costs') }}
    where is_eligible
)

select
    attribution.*,
    romi.net_sales as romi_net_sales,
    romi.marketing_cost,
    romi.platform_spend
from attribution
cross join romi
cross join orders
cross join credited_orders
cross join leads
cross join sales
cross join costs
where
    attribution.orders != orders.orders
    or attribution.new_customers != orders.new_customers
    or credited_orders.orders_placed != orders.orders_placed
    or attribution.leads != leads.leads
    or attribution.net_sales != sales.net_sales
    or romi.net_sales != sales.net_sales
    or romi.marketing_cost != costs.marketing_cost
    or romi.platform_spend != costs.platform_spend
