with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

states as (
    select
        *,
        not is_trial and not is_paused and not is_metered as is_paid,
        cast(quantity as decimal(19, 4)) * unit_price as list_amount,
        cast(quantity as decimal(19, 4)) * unit_price - discount_amount as billed_amount
    from {{ ref('int_subscriptions__states') }}
),

months as (
    select distinct
        month_start,
        cast(month_start + interval 1 month as date) as month_end
    from {{ ref('dim_dates') }}
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

-- Another currency is worth something else in each month; the reporting currency is not.
pieces as (
    select
        {{ columns_except(['valid_from', 'valid_to'], 'states') }},
        greatest(states.valid_from, months.month_start) as valid_from,
        case
            when states.valid_to > clock.as_of_date and months.month_end > clock.as_of_date
                then states.valid_to
            else least(states.valid_to, months.month_end)
        end as valid_to,
        rates.rate
    from states
    cross join clock
    inner join months
        on
            states.valid_from < months.month_end
            and states.valid_to > months.month_start
    left join rates
        on
            states.currency = rates.currency_code
            and months.month_start = rates.rate_date
    where states.currency != '{{ var("reporting_currency") }}'
    union all
    select
        {{ columns_except(['valid_from', 'valid_to'], 'states') }},
        states.valid_from,
        states.valid_to,
        1 as rate
    from states
    where states.currency = '{{ var("reporting_currency") }}'
),

amounts as (
    select
        *,
        cast(coalesce(rate, 0) as decimal(18, 8)) as fx_rate,
        -- What is free or not paid needs no rate.
        rate is null and is_paid and (list_amount != 0 or discount_amount != 0) as is_fx_missing
    from pieces
),

final as (
    select
        subscription_id,
        account_id,
        plan,
        product,
        sales_rep,
        currency,
        valid_from,
        valid_to,
        is_paid,
        is_trial,
        is_paused,
        is_metered,
        is_cancel_requested,
        quantity,
        unit_price,
        discount_amount,
        billing_interval,
        interval_count,
        fx_rate,
        is_fx_missing,
        {{ monthly_amount('billed_amount', 'billing_interval', 'interval_count', 'fx_rate') }}
            as monthly_amount,
        case
            when is_paid
                then {{ monthly_amount(
                    'billed_amount', 'billing_interval', 'interval_count', 'fx_rate'
                ) }}
            else 0
        end as mrr,
        case
            when is_paid
                then {{ monthly_amount(
                    'list_amount', 'billing_interval', 'interval_count', 'fx_rate'
                ) }}
            else 0
        end as mrr_list_price
    from amounts
)

select * from final
