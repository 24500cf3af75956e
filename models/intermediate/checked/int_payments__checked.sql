with payments as (
    select
        payments.*,
        upper(payments.currency_code) as payment_currency_code,
        {{ reporting_date('payments.paid_at') }} as paid_date,
        {{ row_exclusion('payments.paid_at', 'payments') }} as row_exclusion
    from {{ ref('stg_contract__payments') }} as payments
    cross join {{ ref('int_build__clock') }} as clock
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

converted as (
    select
        payments.*,
        case
            when payments.payment_currency_code = '{{ var("reporting_currency") }}' then 1
            when rates.rate is not null then rates.rate
            -- What does not count needs no rate.
            when payments.row_exclusion is not null then 0
            when payments.payment_status != 'succeeded' then 0
        end as fx_rate
    from payments
    left join rates
        on
            payments.payment_currency_code = rates.currency_code
            and payments.paid_date = rates.rate_date
),

final as (
    select
        payment_id,
        order_id,
        source_name,
        paid_at,
        paid_date,
        amount as amount_local,
        payment_currency_code as currency_code,
        cast(fx_rate as decimal(18, 8)) as fx_rate,
        payment_status,
        payment_method,
        row_exclusion,
        'payments' as table_name,
        row_hash,
        case when fx_rate is null then 'fx_missing' end as reject_reason,
        payment_id as row_key,
        amount
    from converted
)

select * from final
