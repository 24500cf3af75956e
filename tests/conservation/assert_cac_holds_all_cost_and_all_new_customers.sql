-- Months of kpi_cac, added up, against the facts they are made of. Parts whose raw tables were not
-- delivered are null and have nothing to compare.
with months as (
    select
        sum(marketing_cost) as marketing_cost,
        sum(sales_cost) as sales_cost,
        sum(overhead_cost) as overhead_cost,
        sum(new_customers) as new_customers
    from {{ ref('kpi_cac') }}
    where period_grain = 'month' and dimension = 'total'
),

costs as (
    select
        coalesce(sum(amount) filter (where cost_scope in ({{ cost_scopes('marketing') }})), 0)
            as marketing_cost,
        coalesce(sum(amount) filter (where cost_scope in ({{ cost_scopes('sales') }})), 0)
            as sales_cost,
        coalesce(sum(amount) filter (where cost_scope in ({{ cost_scopes('overhead') }})), 0)
            as overhead_cost
    from {{ ref('fct_costs') }}
    where is_eligible
),

customers as (
    select count(*) as new_customers
    from {{ ref('fct_orders') }}
    where is_first_order
)

select
    months.marketing_cost,
    months.sales_cost,
    months.overhead_cost,
    months.new_customers,
    costs.marketing_cost as booked_marketing_cost,
    costs.sales_cost as booked_sales_cost,
    costs.overhead_cost as booked_overhead_cost,
    customers.new_customers as first_orders
from months
cross join costs
cross join customers
where
    months.marketing_cost != costs.marketing_cost
    or months.sales_cost != costs.sales_cost
    or months.overhead_cost != costs.overhead_cost
    or months.new_customers != customers.new_customers
