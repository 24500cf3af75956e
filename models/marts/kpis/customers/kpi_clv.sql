{%- set money = [
    'order_value', 'gross_margin', 'acquisition_cost', 'net_sales_to_date', 'margin_to_date',
] %}
{%- set counts = [
    'orders_valid', 'account_days', 'customers_at_start', 'customers_lost',
    'monthly_customers_at_start', 'monthly_customers_lost', 'customers_ever', 'new_customers',
] %}
{%- set epoch = "date '1970-01-01'" %}
{%- set lifetime_cap = var('clv_lifetime_cap_years') %}

with trailing_years as (
    select
        date_day,
        period_grain,
        from_index,
        to_index
    from {{ ref('int_dates__trailing_years') }}
),

clock as (
    select
        as_of_date,
        history_start_date
    from {{ ref('int_build__clock') }}
),

first_orders as (
    select
        account_id,
        left(cast(first_order_date as varchar), 7) as cohort_month
    from {{ ref('int_accounts__first_orders') }}
),

orders as (
    select
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        orders.segment,
        orders.industry,
        orders.account_size_band,
        orders.acquisition_channel,
        first_orders.cohort_month,
        orders.order_value,
        orders.order_value - orders.cogs as gross_margin,
        1 as orders_valid,
        cast(orders.is_first_order as integer) as new_customers
    from {{ ref('fct_orders') }} as orders
    inner join trailing_years
        on orders.order_date = trailing_years.date_day
    left join first_orders
        on orders.account_id = first_orders.account_id
    where orders.is_valid_order
),

-- Cost stands where it was booked, as in kpi_cac.
costs as (
    select
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        costs.segment,
        '(unallocated)' as industry,
        '(unallocated)' as account_size_band,
        costs.marketing_channel as acquisition_channel,
        '(unallocated)' as cohort_month,
        costs.amount as acquisition_cost
    from {{ ref('fct_costs') }} as costs
    inner join trailing_years
        on costs.cost_date = trailing_years.date_day
    where costs.is_eligible and costs.cost_scope in ({{ cost_scopes('acquisition') }})
),

cost_gaps as (
    select
        periods.period_grain,
        periods.period_start,
        bool_or(coverage.is_cost_missing) as is_cost_missing
    from {{ ref('dim_periods') }} as periods
    inner join {{ ref('int_costs__coverage') }} as coverage
        on
            periods.period_end > coverage.month_start
            and periods.trailing_year_start < coverage.month_end
    where coverage.cost_scope in ({{ cost_scopes('acquisition') }})
    group by periods.period_grain, periods.period_start
),

year_states as (
    select *
    from {{ ref('int_accounts__trailing_states') }}
),

-- Monthly churn is that of the twelve months that end in the window, all of them together.
month_states as (
    select
        trailing_years.period_grain,
        trailing_years.from_index,
        trailing_years.to_index,
        months.segment,
        months.industry,
        months.account_size_band,
        months.acquisition_channel,
        coalesce(first_orders.cohort_month, '(unknown)') as cohort_month,
        cast(months.is_active_at_start as integer) as monthly_customers_at_start,
        cast(months.is_lost as integer) as monthly_customers_lost
    from {{ ref('fct_account_periods') }} as months
    cross join clock
    inner join trailing_years
        on least(months.period_end - 1, clock.as_of_date) = trailing_years.date_day
    left join first_orders
        on months.account_id = first_orders.account_id
    where months.period_grain = 'month'
),

active_days as (
    select *
    from {{ ref('int_accounts__active_day_edges') }}
),

to_date as (
    select *
    from {{ ref('int_accounts__values_to_date') }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'orders', 'kind': 'spells',
            'measures': ['order_value', 'orders_valid', 'gross_margin', 'new_customers'],
        },
        {'relation': 'costs', 'kind': 'spells', 'measures': ['acquisition_cost']},
        {
            'relation': 'year_states', 'kind': 'spells',
            'measures': ['customers_at_start', 'customers_lost'],
        },
        {
            'relation': 'month_states', 'kind': 'spells',
            'measures': ['monthly_customers_at_start', 'monthly_customers_lost'],
        },
        {
            'relation': 'active_days', 'kind': 'spells',
            'measures': [
                'edges_before_end', 'edge_days_before_end', 'edges_before_start',
                'edge_days_before_start',
            ],
        },
        {
            'relation': 'to_date', 'kind': 'spells',
            'measures': ['customers_ever', 'net_sales_to_date', 'margin_to_date'],
        },
    ]) }}
),

windows as (
    select
        periods.period_grain,
        periods.period_start,
        {{ days_between(epoch, 'periods.trailing_year_start') }} as start_day,
        {{ days_between(epoch, 'least(periods.period_end, clock.as_of_date + 1)') }}
            as end_day,
        -- Nobody knows who was a customer before the first month.
        periods.trailing_year_start < date_trunc('month', clock.history_start_date)
            as is_window_before_history
    from {{ ref('dim_periods') }} as periods
    cross join clock
),

counted as (
    select
        rollup.*,
        windows.end_day * rollup.edges_before_end - rollup.edge_days_before_end
        - (windows.start_day * rollup.edges_before_start - rollup.edge_days_before_start)
            as account_days,
        rollup.customers_lost = 0
        or rollup.customers_at_start > {{ lifetime_cap }} * rollup.customers_lost
            as is_lifetime_capped,
        windows.is_window_before_history,
        coalesce(cost_gaps.is_cost_missing, false) as is_cost_missing
    from rollup
    inner join windows
        on
            rollup.period_grain = windows.period_grain
            and rollup.period_start = windows.period_start
    left join cost_gaps
        on
            rollup.period_grain = cost_gaps.period_grain
            and rollup.period_start = cost_gaps.period_start
),

lifetimes as (
    select
        *,
        case
            when is_window_before_history then null
            when is_lifetime_capped then cast({{ lifetime_cap }} as double)
            else {{ safe_ratio('customers_at_start', 'customers_lost') }}
        end as lifetime_years,
        cast(account_days as double) / 365 as account_years
    from counted
),

yearly as (
    select
        *,
        {{ present_value_of_years('lifetime_years') }} as discounted_years,
        {{ safe_ratio('order_value', 'account_years') }} as yearly_value,
        {{ safe_ratio('gross_margin', 'account_years') }} as yearly_margin,
        {{ safe_ratio('monthly_customers_lost', 'monthly_customers_at_start') }} as monthly_churn,
        -- No cost is booked by industry, size or cohort.
        case
            when dimension in ('total', 'segment', 'acquisition_channel') and not is_cost_missing
                then {{ safe_ratio('acquisition_cost', 'new_customers') }}
        end as cac
    from lifetimes
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for part in money %}
        cast({{ part }} as decimal(18, 4)) as {{ part }},
        {%- endfor %}
        {%- for part in counts %}
        cast({{ part }} as bigint) as {{ part }},
        {%- endfor %}
        cast(account_years as decimal(18, 8)) as account_years,
        lifetime_years,
        is_lifetime_capped,
        yearly_value * lifetime_years as clv,
        yearly_margin * lifetime_years as clv_margin,
        yearly_value * discounted_years as clv_discounted,
        yearly_margin * discounted_years as clv_margin_discounted,
        {{ safe_ratio('net_sales_to_date', 'customers_ever') }} as clv_historical,
        {{ safe_ratio('margin_to_date', 'customers_ever') }} as clv_historical_margin,
        yearly_value * lifetime_years - cac as clv_net_of_cac,
        case
            when not is_window_before_history
                then {{ safe_ratio('yearly_margin / 12', 'monthly_churn') }}
        end as clv_churn_based,
        is_window_before_history,
        is_cost_missing,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from yearly
)

select * from final
