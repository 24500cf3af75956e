with charges as (
    select
        charges.*,
        cast(date_trunc('month', charges.usage_date) as date) as usage_month,
        {{ row_exclusion(reporting_midnight('charges.usage_date'), 'charges') }} as row_exclusion
    from {{ ref('stg_contract__usage_charges') }} as charges
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
        charges.*,
        case
            when charges.currency_code = '{{ var("reporting_currency") }}' then 1
            when rates.rate is not null then rates.rate
            -- What does not count needs no rate.
            when charges.row_exclusion is not null then 0
        end as fx_rate
    from charges
    left join rates
        on
            charges.currency_code = rates.currency_code
            and charges.usage_month = rates.rate_date
),

final as (
    select
        usage_charge_id,
        subscription_id,
        source_name,
        usage_date,
        amount as amount_local,
        currency_code,
        cast(fx_rate as decimal(18, 8)) as fx_rate,
        row_exclusion,
        'usage_charges' as table_name,
        row_hash,
        case when fx_rate is null then 'fx_missing' end as reject_reason,
        usage_charge_id as row_key,
        amount
    from converted
)

select * from final
