with spend as (
    select
        row_key,
        spend_date,
        platform,
        ad_account_id,
        currency_code,
        spend,
        platform_revenue,
        platform_conversions,
        impressions,
        clicks,
        fx_rate,
        exclusion_reason
    from {{ ref('int_ad_spend__checked') }}
    where reject_reason is null
),

bookings as (
    select
        cost_id,
        marketing_channel,
        campaign,
        program,
        initiative,
        tactic
    from {{ ref('int_costs__booked') }}
    where cost_source = 'ad_spend'
),

final as (
    select
        spend.row_key as ad_spend_id,
        spend.spend_date,
        spend.platform,
        spend.ad_account_id,
        bookings.marketing_channel,
        bookings.campaign,
        bookings.program,
        bookings.initiative,
        bookings.tactic,
        spend.currency_code,
        {{ money_multiply('spend.spend', 'spend.fx_rate') }} as spend,
        {{ money_multiply('spend.platform_revenue', 'spend.fx_rate') }} as platform_revenue,
        spend.platform_conversions,
        spend.impressions,
        spend.clicks,
        spend.exclusion_reason is null as is_eligible,
        spend.exclusion_reason
    from spend
    left join bookings
        on spend.row_key = bookings.cost_id
)

select * from final
