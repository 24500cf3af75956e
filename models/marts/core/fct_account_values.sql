{%- set horizons = ['3m', '6m', '12m'] %}
with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

accounts as (
    select
        account_id,
        account_kind,
        account_name,
        country,
        sales_rep,
        is_internal
    from {{ ref('dim_accounts') }}
    where is_current
),

members as (
    select
        account_id,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month
    from {{ ref('int_accounts__members') }}
    where valid_to_date = date '9999-12-31'
),

orders as (
    select
        account_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as orders_valid,
        count(distinct order_date) as order_days,
        sum(order_value) as order_value
    from {{ ref('fct_orders') }}
    where is_valid_order
    group by account_id
),

entries as (
    select
        account_id,
        sum(gross_sales - discounts - returns - cancellations) as net_sales_to_date,
        sum(gross_sales - discounts - returns - cancellations - cogs) as margin_to_date,
        bool_and(is_cost_known) as is_cost_known
    from {{ ref('fct_sales_entries') }}
    where is_eligible
    group by account_id
),

spells as (
    select
        account_id,
        min(active_from) as first_active_date,
        bool_or(active_to = date '9999-12-31') as is_active
    from {{ ref('fct_account_spells') }}
    group by account_id
),

predictions as (
    select
        predictions.account_id,
        predictions.p_alive,
        {%- for horizon in horizons %}
        predictions.expected_orders_{{ horizon }},
        predictions.expected_value_{{ horizon }},
        {%- endfor %}
        predictions.expected_margin_12m,
        predictions.prediction_status
    from {{ ref('fct_account_predictions') }} as predictions
    inner join clock
        on predictions.snapshot_date = clock.as_of_date
),

final as (
    select
        accounts.account_id,
        accounts.account_kind,
        accounts.account_name,
        not accounts.is_internal as is_eligible,
        case when accounts.is_internal then 'internal_account' end as exclusion_reason,
        orders.first_order_date,
        orders.last_order_date,
        spells.first_active_date,
        cast(coalesce(orders.orders_valid, 0) as integer) as orders_valid,
        cast(coalesce(orders.order_days, 0) as integer) as order_days,
        cast(coalesce(orders.order_value, 0) as decimal(18, 4)) as order_value,
        cast(coalesce(entries.net_sales_to_date, 0) as decimal(18, 4)) as net_sales_to_date,
        cast(coalesce(entries.margin_to_date, 0) as decimal(18, 4)) as margin_to_date,
        coalesce(entries.is_cost_known, true) as is_cost_known,
        coalesce(spells.is_active, false) as is_active,
        cast({{ days_between('spells.first_active_date', 'clock.as_of_date') }} as integer)
            as tenure_days,
        predictions.p_alive,
        {%- for horizon in horizons %}
        predictions.expected_orders_{{ horizon }},
        predictions.expected_value_{{ horizon }},
        {%- endfor %}
        predictions.expected_margin_12m,
        coalesce(
            predictions.prediction_status,
            case
                when orders.orders_valid is null then 'no_order'
                when accounts.account_kind = 'guest' then 'guest'
                else 'has_contract'
            end
        ) as prediction_status,
        members.segment,
        members.industry,
        members.account_size_band,
        members.acquisition_channel,
        members.cohort_month,
        accounts.country,
        accounts.sales_rep
    from accounts
    cross join clock
    left join members on accounts.account_id = members.account_id
    left join orders on accounts.account_id = orders.account_id
    left join entries on accounts.account_id = entries.account_id
    left join spells on accounts.account_id = spells.account_id
    left join predictions on accounts.account_id = predictions.account_id
)

select * from final
