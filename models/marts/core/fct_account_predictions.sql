{%- set horizons = ['3m', '6m', '12m'] %}
with histories as (
    select
        snapshot_date,
        account_id,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month,
        repeat_orders,
        recency_days,
        age_days,
        mean_repeat_value
    from {{ ref('int_predictions__histories') }}
),

expectations as (
    select
        cast(snapshot_date as date) as snapshot_date,
        segment,
        repeat_orders,
        recency_days,
        age_days,
        fit_group,
        {%- for horizon in horizons %}
        expected_orders_{{ horizon }},
        {%- endfor %}
        p_alive
    from {{ ref('int_predictions__expectations') }}
),

fits as (
    select
        cast(snapshot_date as date) as snapshot_date,
        fit_group,
        p,
        q,
        v
    from {{ ref('int_predictions__fits') }}
),

-- Of valid orders as placed, what is left of a line whose cost is known.
sold as (
    select
        entry_date as order_date,
        segment,
        sum(gross_sales - discounts) as order_value,
        sum(gross_sales - discounts - cogs) as margin
    from {{ ref('fct_sales_entries') }}
    where is_of_placed_order and entry_type = 'sale' and is_cost_known
    group by entry_date, segment
),

-- In the twelve months before.
margins as (
    select
        snapshots.snapshot_date,
        sold.segment,
        sum(sold.order_value) as order_value,
        sum(sold.margin) as margin
    from sold
    inner join {{ ref('int_predictions__snapshots') }} as snapshots
        on
            sold.order_date <= snapshots.snapshot_date
            and sold.order_date > cast(snapshots.snapshot_date - interval 12 month as date)
    group by snapshots.snapshot_date, sold.segment
),

margins_of_all as (
    select
        snapshot_date,
        sum(order_value) as order_value,
        sum(margin) as margin
    from margins
    group by snapshot_date
),

expected as (
    select
        histories.*,
        expectations.fit_group,
        expectations.p_alive,
        {%- for horizon in horizons %}
        expectations.expected_orders_{{ horizon }},
        {%- endfor %}
        fits.p * (fits.v + histories.repeat_orders * greatest(histories.mean_repeat_value, 0))
        / (fits.p * histories.repeat_orders + fits.q - 1) as value_per_order,
        round(coalesce(
            {{ safe_ratio('margins.margin', 'margins.order_value') }},
            {{ safe_ratio('margins_of_all.margin', 'margins_of_all.order_value') }}
        ), 9) as margin_rate
    from histories
    left join expectations
        on
            histories.snapshot_date = expectations.snapshot_date
            and histories.segment = expectations.segment
            and histories.repeat_orders = expectations.repeat_orders
            and histories.recency_days = expectations.recency_days
            and histories.age_days = expectations.age_days
    left join fits
        on
            expectations.snapshot_date = fits.snapshot_date
            and expectations.fit_group = fits.fit_group
    left join margins
        on
            histories.snapshot_date = margins.snapshot_date
            and histories.segment = margins.segment
    left join margins_of_all
        on histories.snapshot_date = margins_of_all.snapshot_date
),

final as (
    select
        snapshot_date,
        account_id,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month,
        repeat_orders,
        recency_days,
        age_days,
        coalesce(mean_repeat_value, 0) as mean_repeat_value,
        fit_group,
        p_alive,
        {%- for horizon in horizons %}
        expected_orders_{{ horizon }},
        {%- endfor %}
        cast(value_per_order as decimal(18, 4)) as expected_value_per_order,
        {%- for horizon in horizons %}
        cast(expected_orders_{{ horizon }} * value_per_order as decimal(18, 4))
            as expected_value_{{ horizon }},
        {%- endfor %}
        margin_rate,
        cast(expected_orders_12m * value_per_order * margin_rate as decimal(18, 4))
            as expected_margin_12m,
        case
            when expected_orders_12m * value_per_order is null then 'not_estimable' else 'ok'
        end as prediction_status
    from expected
)

select * from final
