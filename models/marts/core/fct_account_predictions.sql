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
        p_alive,
        {%- for horizon in horizons %}
        expected_orders_{{ horizon }}{{ ',' if not loop.last }}
        {%- endfor %}
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
    where fit_status = 'ok'
),

order_days as (
    select
        order_date,
        segment,
        sum(order_value) as order_value,
        sum(order_value - cogs) as margin
    from {{ ref('fct_orders') }}
    where is_valid_order
    group by order_date, segment
),

-- What was left of an order in the twelve months before, in each segment and over all.
margin_rates as (
    select
        snapshots.snapshot_date,
        case
            when grouping(order_days.segment) = 1 then '(all)' else order_days.segment
        end as margin_group,
        {{ safe_ratio('sum(order_days.margin)', 'sum(order_days.order_value)') }} as margin_rate
    from order_days
    inner join {{ ref('int_predictions__snapshots') }} as snapshots
        on
            order_days.order_date <= snapshots.snapshot_date
            and order_days.order_date > cast(snapshots.snapshot_date - interval 12 month as date)
    group by grouping sets (
        (snapshots.snapshot_date, order_days.segment), (snapshots.snapshot_date)
    )
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
        round(coalesce(of_segment.margin_rate, of_all.margin_rate), 9) as margin_rate
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
    left join margin_rates as of_segment
        on
            histories.snapshot_date = of_segment.snapshot_date
            and histories.segment = of_segment.margin_group
    left join margin_rates as of_all
        on
            histories.snapshot_date = of_all.snapshot_date
            and of_all.margin_group = '(all)'
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
        case when p_alive is null then 'not_estimable' else 'ok' end as prediction_status
    from expected
)

select * from final
