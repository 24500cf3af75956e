with ad_spend as (
    select
        'ad_spend' as cost_source,
        row_key as cost_id,
        spend_date as incurred_on,
        spend_date as cost_from_date,
        cast(spend_date + interval 1 day as date) as cost_to_date,
        'marketing_program' as cost_scope,
        spend as amount_local,
        currency_code,
        fx_rate,
        marketing_channel,
        campaign,
        platform,
        cast(null as string) as segment,
        true as is_paid_media,
        exclusion_reason
    from {{ ref('int_ad_spend__checked') }}
    where reject_reason is null
),

ledger as (
    select
        'cost_ledger' as cost_source,
        cost_id,
        incurred_on,
        -- Without a whole span of service days the cost belongs to the day it was incurred.
        case
            when service_start_date < service_end_date then service_start_date
            else incurred_on
        end as cost_from_date,
        case
            when service_start_date < service_end_date then service_end_date
            else cast(incurred_on + interval 1 day as date)
        end as cost_to_date,
        cost_scope,
        amount as amount_local,
        currency_code,
        fx_rate,
        marketing_channel,
        campaign,
        cast(null as string) as platform,
        segment,
        is_paid_media,
        exclusion_reason
    from {{ ref('int_cost_ledger__checked') }}
    where reject_reason is null
),

campaigns as (
    select
        campaign,
        marketing_channel,
        program,
        initiative,
        tactic
    from {{ ref('int_campaigns__named') }}
),

-- What ads platforms sell is paid traffic: `ppc` is the medium that the channel rules know it by.
advertised as (
    select distinct
        platform as source,
        'ppc' as medium,
        campaign
    from ad_spend
    where marketing_channel is null
),

ruled_channels as (
    {{ channel_map('advertised') }}
),

bookings as (
    select * from ad_spend
    union all
    select * from ledger
),

channels as (
    {{ channel_names('bookings') | indent(4) }}
),

final as (
    select
        bookings.cost_source,
        bookings.cost_id,
        bookings.incurred_on,
        bookings.cost_from_date,
        bookings.cost_to_date,
        bookings.cost_scope,
        bookings.amount_local,
        bookings.currency_code,
        {{ money_multiply('bookings.amount_local', 'bookings.fx_rate') }} as amount,
        coalesce(
            channels.marketing_channel,
            campaigns.marketing_channel,
            nullif(ruled_channels.marketing_channel, 'Unassigned'),
            '(unallocated)'
        ) as marketing_channel,
        coalesce(bookings.campaign, '(unallocated)') as campaign,
        {%- for level in ['program', 'initiative', 'tactic'] %}
        case
            when bookings.campaign is null then '(unallocated)'
            else coalesce(campaigns.{{ level }}, '(unknown)')
        end as {{ level }},
        {%- endfor %}
        coalesce(bookings.segment, '(unallocated)') as segment,
        bookings.is_paid_media,
        bookings.exclusion_reason
    from bookings
    left join campaigns
        on bookings.campaign = campaigns.campaign
    left join channels
        on bookings.marketing_channel = channels.given_channel
    left join ruled_channels
        on
            bookings.platform = ruled_channels.source
            and bookings.campaign is not distinct from ruled_channels.campaign
)

select * from final
