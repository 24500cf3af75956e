with days as (
    select
        date_day,
        period_grain,
        from_index,
        last_index
    from {{ ref('int_dates__trailing_years') }}
),

clock as (
    select
        history_start_date,
        as_of_date
    from {{ ref('int_build__clock') }}
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month,
        first_product_category
    from {{ ref('int_accounts__members') }}
),

entries as (
    select
        account_id,
        entry_date,
        gross_sales - discounts - returns - cancellations as net_sales,
        cogs
    from {{ ref('fct_sales_entries') }}
    where is_eligible
),

first_orders as (
    select
        account_id,
        first_order_date,
        second_order_date,
        second_order_day
    from {{ ref('int_accounts__first_orders') }}
),

account_days as (
    select
        account_id,
        entry_date as date_day,
        0 as customers_ever,
        0 as customers_repeat,
        0 as customers_repeat_raw,
        net_sales,
        net_sales - cogs as margin
    from entries
    {%- for count, day in {
        'customers_ever': 'first_order_date',
        'customers_repeat': 'second_order_day',
        'customers_repeat_raw': 'second_order_date',
    }.items() %}
    union all
    select
        account_id,
        {{ day }} as date_day,
        {%- for name in ['customers_ever', 'customers_repeat', 'customers_repeat_raw'] %}
        {{ 1 if name == count else 0 }} as {{ name }},
        {%- endfor %}
        0 as net_sales,
        0 as margin
    from first_orders
    {%- endfor %}
),

-- Summed by day first: each day counts in a period of every grain.
sums_of_days as (
    select
        account_id,
        date_day,
        sum(customers_ever) as customers_ever,
        sum(customers_repeat) as customers_repeat,
        sum(customers_repeat_raw) as customers_repeat_raw,
        sum(net_sales) as net_sales,
        sum(margin) as margin
    from account_days
    group by account_id, date_day
),

-- What an account brings counts in every period that ends after its day.
brought as (
    select
        sums_of_days.account_id,
        days.period_grain,
        days.from_index,
        days.last_index,
        sum(sums_of_days.customers_ever) as customers_ever,
        sum(sums_of_days.customers_repeat) as customers_repeat,
        sum(sums_of_days.customers_repeat_raw) as customers_repeat_raw,
        sum(sums_of_days.net_sales) as net_sales_to_date,
        sum(sums_of_days.margin) as margin_to_date
    from sums_of_days
    inner join days
        on sums_of_days.date_day = days.date_day
    group by
        sums_of_days.account_id, days.period_grain, days.from_index, days.last_index
),

known_members as (
    select
        members.*,
        greatest(members.valid_from_date, clock.history_start_date) as known_from_date
    from members
    cross join clock
    where members.valid_to_date > clock.history_start_date
),

-- A version holds in the periods whose last day it covers; what it begins after the data's clock
-- is not known yet.
versions as (
    select
        known_members.*,
        begins.period_grain,
        begins.from_index,
        coalesce(ends.from_index - 1, begins.last_index) as to_index
    from known_members
    inner join days as begins
        on known_members.known_from_date = begins.date_day
    left join days as ends
        on
            known_members.valid_to_date = ends.date_day
            and begins.period_grain = ends.period_grain
),

final as (
    select
        versions.account_id,
        versions.period_grain,
        greatest(brought.from_index, versions.from_index) as from_index,
        versions.to_index,
        versions.segment,
        versions.industry,
        versions.account_size_band,
        versions.acquisition_channel,
        versions.cohort_month,
        versions.first_product_category,
        sum(brought.customers_ever) as customers_ever,
        sum(brought.customers_repeat) as customers_repeat,
        sum(brought.customers_repeat_raw) as customers_repeat_raw,
        sum(brought.net_sales_to_date) as net_sales_to_date,
        sum(brought.margin_to_date) as margin_to_date
    from brought
    inner join versions
        on
            brought.account_id = versions.account_id
            and brought.period_grain = versions.period_grain
            and brought.from_index <= versions.to_index
    where versions.from_index <= versions.to_index
    group by all
)

select * from final
