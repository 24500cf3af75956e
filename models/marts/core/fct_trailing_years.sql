{%- set members = [
    'segment', 'industry', 'account_size_band', 'acquisition_channel', 'cohort_month',
] %}
{%- set axis = ['account_id', 'period_grain', 'from_index', 'to_index'] + members %}
{#- Each type of entry to what it counts; the others are 0 there. -#}
{%- set entry_types = {
    'orders': ['order_value', 'gross_margin', 'orders_valid', 'new_customers'],
    'costs': ['acquisition_cost'],
    'year_states': ['customers_at_start', 'customers_lost'],
    'month_states': ['monthly_customers_at_start', 'monthly_customers_lost'],
    'active_days': [
        'edges_before_end', 'edge_days_before_end', 'edges_before_start', 'edge_days_before_start',
    ],
    'to_date': ['customers_ever', 'net_sales_to_date', 'margin_to_date'],
    'predictions': [
        'customers_modelled', 'customers_unpredicted', 'customers_margin_unknown',
        'predicted_order_value', 'predicted_margin',
    ],
} %}
{%- set money = [
    'order_value', 'gross_margin', 'acquisition_cost', 'net_sales_to_date', 'margin_to_date',
    'predicted_order_value', 'predicted_margin',
] %}
{%- set measures = entry_types.values() | sum(start=[]) %}

with trailing_years as (
    select
        date_day,
        period_grain,
        from_index,
        to_index
    from {{ ref('int_dates__trailing_years') }}
),

clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

first_orders as (
    select
        account_id,
        left(cast(first_order_date as string), 7) as cohort_month
    from {{ ref('int_accounts__first_orders') }}
),

orders as (
    select
        orders.account_id,
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        orders.segment,
        orders.industry,
        orders.account_size_band,
        orders.acquisition_channel,
        first_orders.cohort_month,
        sum(orders.order_value) as order_value,
        sum(orders.order_value - orders.cogs) as gross_margin,
        count(*) as orders_valid,
        count(*) filter (where orders.is_first_order) as new_customers
    from {{ ref('fct_orders') }} as orders
    inner join trailing_years
        on orders.order_date = trailing_years.date_day
    left join first_orders
        on orders.account_id = first_orders.account_id
    where orders.is_valid_order
    group by all
),

-- Cost stands where it was booked, as in kpi_cac.
costs as (
    select
        cast(null as string) as account_id,
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        costs.segment,
        '(unallocated)' as industry,
        '(unallocated)' as account_size_band,
        costs.marketing_channel as acquisition_channel,
        '(unallocated)' as cohort_month,
        sum(costs.amount) as acquisition_cost
    from {{ ref('fct_costs') }} as costs
    inner join trailing_years
        on costs.cost_date = trailing_years.date_day
    where costs.is_eligible and costs.cost_scope in ({{ cost_scopes('acquisition') }})
    group by all
),

year_states as (
    select *
    from {{ ref('int_accounts__trailing_states') }}
),

-- Monthly churn is that of the twelve months that end in the window, all of them together.
months as (
    select
        months.*,
        least(months.period_end - 1, clock.as_of_date) as last_day
    from {{ ref('fct_account_periods') }} as months
    cross join clock
    where months.period_grain = 'month'
),

month_states as (
    select
        months.account_id,
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        months.segment,
        months.industry,
        months.account_size_band,
        months.acquisition_channel,
        coalesce(first_orders.cohort_month, '(unknown)') as cohort_month,
        count(*) filter (where months.is_active_at_start) as monthly_customers_at_start,
        count(*) filter (where months.is_lost) as monthly_customers_lost
    from months
    inner join trailing_years
        on months.last_day = trailing_years.date_day
    left join first_orders
        on months.account_id = first_orders.account_id
    group by all
),

-- Several edges of an account may lie before the same windows.
active_days as (
    select
        {{ axis | join(', ') }},
        sum(edges_before_end) as edges_before_end,
        sum(edge_days_before_end) as edge_days_before_end,
        sum(edges_before_start) as edges_before_start,
        sum(edge_days_before_start) as edge_days_before_start
    from {{ ref('int_accounts__active_day_edges') }}
    group by {{ axis | join(', ') }}
),

to_date as (
    select *
    from {{ ref('int_accounts__values_to_date') }}
),

-- What is expected at the end of a period; weeks end on other days than the snapshots.
period_ends as (
    select
        periods.period_grain,
        periods.period_index,
        least(periods.period_end - 1, clock.as_of_date) as last_day
    from {{ ref('dim_periods') }} as periods
    cross join clock
    where periods.period_grain in ('month', 'quarter', 'year', 'r12m')
),

predictions as (
    select
        predictions.account_id,
        period_ends.period_grain,
        period_ends.period_index as from_index,
        period_ends.period_index as to_index,
        predictions.segment,
        predictions.industry,
        predictions.account_size_band,
        predictions.acquisition_channel,
        predictions.cohort_month,
        1 as customers_modelled,
        cast(predictions.prediction_status != 'ok' as integer) as customers_unpredicted,
        cast(predictions.expected_margin_12m is null as integer) as customers_margin_unknown,
        coalesce(predictions.expected_value_12m, 0) as predicted_order_value,
        coalesce(predictions.expected_margin_12m, 0) as predicted_margin
    from {{ ref('fct_account_predictions') }} as predictions
    inner join period_ends
        on predictions.snapshot_date = period_ends.last_day
),

-- Entries are not added up: few of an account fall together, and KPIs sum them anyway.
unioned as (
    {%- for entry_type, counted in entry_types.items() %}
    select
        '{{ entry_type }}' as entry_type,
        {%- for measure in measures %}
        {{ measure if measure in counted else '0 as ' ~ measure }},
        {%- endfor %}
        {{ axis | join(', ') }}
    from {{ entry_type }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        account_id,
        entry_type,
        {%- for column in axis if column != 'account_id' %}
        {{ column }},
        {%- endfor %}
        {%- for measure in measures if measure in money %}
        cast({{ measure }} as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        {%- for measure in measures if measure not in money + ['customers_ever'] %}
        cast({{ measure }} as bigint) as {{ measure }},
        {%- endfor %}
        cast(customers_ever as bigint) as customers_ever
    from unioned
)

select * from final
