with months as (
    select
        kpi,
        variant,
        dimension,
        dimension_value,
        period_start
    from {{ ref('int_forecasts__series') }}
    where
        kpi = 'sales_rep'
        and variant = 'won_amount'
        and point >= {{ var('forecast_min_points') }}
),

targets as (
    {{ forecast_months('months') }}
),

origins as (
    select distinct origin_on
    from targets
),

deals as (
    select
        opportunity_id,
        opportunity_status,
        opportunity_created_date as created_on,
        closed_date as closed_on,
        amount_local,
        currency_code
    from {{ ref('fct_opportunities') }}
    where is_eligible
),

-- Only what was closed by then tells how deals end, and how long they take.
experience as (
    select
        origins.origin_on,
        {{ safe_ratio("count(*) filter (where deals.opportunity_status = 'won')", 'count(*)') }}
            as win_rate,
        cast(ceil(
            median({{ days_between('deals.created_on', 'deals.closed_on') }})
            filter (where deals.opportunity_status = 'won')
        ) as integer) as days_to_win
    from origins
    inner join deals on origins.origin_on > deals.closed_on
    group by origins.origin_on
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

-- A deal that should have been won by now is expected in the first month.
open_deals as (
    select
        experience.origin_on,
        experience.win_rate,
        greatest(
            cast(deals.created_on + experience.days_to_win as date), experience.origin_on
        ) as expected_on,
        {{ money_multiply(
            'deals.amount_local',
            "case when deals.currency_code = '" ~ var('reporting_currency')
                ~ "' then 1 else rates.rate end"
        ) }} as amount
    from experience
    inner join deals
        on
            experience.origin_on > deals.created_on
            and coalesce(experience.origin_on <= deals.closed_on, true)
    left join rates
        on
            deals.currency_code = rates.currency_code
            and experience.origin_on = rates.rate_date + 1
),

-- Later months will be filled by deals that nobody knows yet: no forecast, rather than 0.
final as (
    select
        targets.kpi,
        targets.variant,
        targets.dimension,
        targets.dimension_value,
        'weighted_pipeline' as method,
        targets.period_start as trained_until,
        targets.horizon,
        targets.target_start as period_start,
        coalesce(cast(sum(open_deals.amount) as double) * max(experience.win_rate), 0)
            as forecast_value
    from targets
    inner join experience
        on
            targets.origin_on = experience.origin_on
            and targets.target_start < targets.origin_on + experience.days_to_win
    left join open_deals
        on
            targets.origin_on = open_deals.origin_on
            and targets.target_start <= open_deals.expected_on
            and targets.target_end > open_deals.expected_on
    group by all
)

select * from final
