{%- set holdout_days = 182 %}
with fits as (
    select
        {{ columns_except(['snapshot_date']) }},
        cast(snapshot_date as date) as snapshot_date
    from {{ ref('int_predictions__fits') }}
),

clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

predictions as (
    select
        snapshot_date,
        account_id,
        fit_group,
        repeat_orders,
        age_days,
        expected_orders_6m
    from {{ ref('fct_account_predictions') }}
    where prediction_status = 'ok'
),

order_days as (
    select distinct
        account_id,
        order_date
    from {{ ref('fct_orders') }}
    where is_valid_order
),

ordered as (
    select
        predictions.snapshot_date,
        predictions.account_id,
        count(*) as orders
    from predictions
    inner join order_days
        on
            predictions.account_id = order_days.account_id
            and predictions.snapshot_date < order_days.order_date
            and predictions.snapshot_date + {{ holdout_days }} >= order_days.order_date
    group by predictions.snapshot_date, predictions.account_id
),

-- What the fit expected of the accounts it was used for, against what they then did.
holdouts as (
    select
        predictions.snapshot_date,
        predictions.fit_group,
        count(*) as accounts,
        sum(predictions.expected_orders_6m) as predicted_orders,
        sum(coalesce(ordered.orders, 0)) as actual_orders,
        sum(
            {{ safe_ratio('predictions.repeat_orders * ' ~ holdout_days, 'predictions.age_days') }}
        ) as extrapolated_orders
    from predictions
    cross join clock
    left join ordered
        on
            predictions.snapshot_date = ordered.snapshot_date
            and predictions.account_id = ordered.account_id
    where predictions.snapshot_date + {{ holdout_days }} < clock.as_of_date
    group by predictions.snapshot_date, predictions.fit_group
),

final as (
    select
        fits.snapshot_date,
        fits.fit_group,
        fits.accounts,
        fits.repeaters,
        fits.repeat_orders,
        fits.r,
        fits.alpha,
        fits.a,
        fits.b,
        fits.log_likelihood,
        fits.value_accounts,
        fits.p,
        fits.q,
        fits.v,
        fits.value_log_likelihood,
        fits.frequency_value_correlation,
        fits.new_customer_orders_12m,
        cast(fits.value_per_order as decimal(18, 4)) as value_per_order,
        cast(
            (1 + fits.new_customer_orders_12m) * fits.value_per_order as decimal(18, 4)
        ) as new_customer_value_12m,
        holdouts.accounts as holdout_accounts,
        round(holdouts.predicted_orders, 6) as holdout_predicted_orders,
        cast(holdouts.actual_orders as bigint) as holdout_actual_orders,
        round(
            {{ safe_ratio('holdouts.predicted_orders - holdouts.actual_orders',
                'holdouts.actual_orders') }}, 9
        ) as holdout_error,
        round(
            {{ safe_ratio('holdouts.extrapolated_orders - holdouts.actual_orders',
                'holdouts.actual_orders') }}, 9
        ) as extrapolation_error,
        fits.fit_status,
        fits.fit_note
    from fits
    left join holdouts
        on
            fits.snapshot_date = holdouts.snapshot_date
            and fits.fit_group = holdouts.fit_group
)

select * from final
