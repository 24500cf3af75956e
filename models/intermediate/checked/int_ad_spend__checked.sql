with spend as (
    select
        spend_date,
        platform,
        ad_account_id,
        campaign,
        spend,
        currency_code,
        impressions,
        clicks,
        platform_conversions,
        platform_revenue,
        marketing_channel,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        row_hash
    from {{ ref('stg_contract__ad_spend') }}
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
        spend.*,
        {{ row_exclusion(reporting_midnight('spend.spend_date'), 'spend') }} as exclusion_reason,
        case
            when upper(spend.currency_code) = '{{ var("reporting_currency") }}' then 1
            else rates.rate
        end as fx_rate
    from spend
    cross join clock
    left join rates
        on
            upper(spend.currency_code) = rates.currency_code
            and spend.spend_date = rates.rate_date
),

final as (
    select
        spend_date,
        platform,
        ad_account_id,
        campaign,
        spend,
        currency_code,
        impressions,
        clicks,
        platform_conversions,
        platform_revenue,
        marketing_channel,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        cast(fx_rate as decimal(18, 8)) as fx_rate,
        exclusion_reason,
        'ad_spend' as table_name,
        row_hash,
        -- A row that does not count needs no rate.
        case when exclusion_reason is null and fx_rate is null then 'fx_missing' end
            as reject_reason,
        -- The campaign comes last: its name may hold the separator.
        concat_ws(
            '|',
            source_name,
            spend_date,
            platform,
            coalesce(ad_account_id, ''),
            coalesce(campaign, '')
        ) as row_key,
        spend as amount
    from rated
)

select * from final
