with bookings as (
    select
        cost_id,
        incurred_on,
        amount,
        currency_code,
        cost_scope,
        service_start_date,
        service_end_date,
        marketing_channel,
        campaign,
        segment,
        is_paid_media,
        is_covered_by_ad_spend,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        row_hash
    from {{ ref('stg_contract__cost_ledger') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

rated as (
    select
        bookings.*,
        coalesce(
            {{ row_exclusion(reporting_midnight('bookings.incurred_on'), 'bookings') }},
            case when bookings.is_covered_by_ad_spend then 'covered_by_ad_spend' end
        ) as exclusion_reason,
        case
            when upper(bookings.currency_code) = '{{ var("reporting_currency") }}' then 1
            else rates.rate
        end as fx_rate
    from bookings
    cross join clock
    left join rates
        on
            upper(bookings.currency_code) = rates.currency_code
            and bookings.incurred_on = rates.rate_date
),

final as (
    select
        cost_id,
        incurred_on,
        amount,
        currency_code,
        cost_scope,
        service_start_date,
        service_end_date,
        marketing_channel,
        campaign,
        segment,
        is_paid_media,
        is_covered_by_ad_spend,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        cast(fx_rate as decimal(18, 8)) as fx_rate,
        exclusion_reason,
        'cost_ledger' as table_name,
        row_hash,
        -- A row that does not count needs no rate.
        case when exclusion_reason is null and fx_rate is null then 'fx_missing' end
            as reject_reason,
        cost_id as row_key
    from rated
)

select * from final
