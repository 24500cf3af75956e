with leads as (
    select
        lead_created_date as event_date,
        score,
        score_band,
        coalesce(cast(is_qualified as varchar), '(unknown)') as is_qualified,
        1 as leads,
        case when days_to_order <= {{ var('lead_window_days') }} then 1 else 0 end
            as leads_converted,
        case when score is not null then 1 else 0 end as leads_scored
    from {{ ref('fct_leads') }}
    where
        is_strict
        and is_eligible
        and not is_from_customer
        and age_days > {{ var('lead_window_days') }}
),

-- Twice the middle rank of each score in its period: whole numbers, ties included.
ranked as (
    select
        periods.period_grain,
        periods.period_start,
        leads.leads_converted,
        2 * rank() over (
            partition by periods.period_grain, periods.period_start order by leads.score
        ) - 1 + count(*) over (
            partition by periods.period_grain, periods.period_start, leads.score
        ) as double_rank
    from leads
    inner join {{ ref('dim_periods') }} as periods
        on
            leads.event_date >= periods.period_start
            and leads.event_date < periods.period_end
    where leads.leads_scored = 1
),

-- Each lead that converted meets each that did not: the sum of ranks counts the meetings that the
-- higher score wins (Mann and Whitney, 1947).
pairs as (
    select
        period_grain,
        period_start,
        sum(leads_converted) * sum(1 - leads_converted) as score_pairs,
        (
            sum(double_rank * leads_converted)
            - sum(leads_converted) * (sum(leads_converted) + 1)
        ) * 0.5 as score_pairs_won
    from ranked
    group by period_grain, period_start
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'leads', 'kind': 'events',
            'measures': ['leads', 'leads_converted', 'leads_scored'],
        },
    ]) }}
),

totals as (
    select
        period_grain,
        period_start,
        {{ safe_ratio('leads_converted', 'leads') }} as total_rate
    from rollup
    where dimension = 'total'
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        cast(rollup.leads as bigint) as leads,
        cast(rollup.leads_converted as bigint) as leads_converted,
        cast(rollup.leads_scored as bigint) as leads_scored,
        -- Pairs across bands belong to none of them.
        case
            when rollup.dimension = 'total'
                then {{ when_delivered(
                    'score_pairs', 'cast(coalesce(pairs.score_pairs, 0) as bigint)'
                ) }}
        end as score_pairs,
        case
            when rollup.dimension = 'total'
                then {{ when_delivered(
                    'score_pairs_won', 'cast(coalesce(pairs.score_pairs_won, 0) as decimal(18, 1))'
                ) }}
        end as score_pairs_won,
        {{ safe_ratio('rollup.leads_converted', 'rollup.leads') }} as band_conversion_rate,
        {{ safe_ratio(safe_ratio('rollup.leads_converted', 'rollup.leads'), 'totals.total_rate') }}
            as band_lift,
        case
            when rollup.dimension = 'total'
                then {{ safe_ratio('pairs.score_pairs_won', 'pairs.score_pairs') }}
        end as auc,
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ var('lead_window_days')) }} <= rollup.as_of
            as is_mature,
        rollup.as_of
    from rollup
    left join totals
        on
            rollup.period_grain = totals.period_grain
            and rollup.period_start = totals.period_start
    left join pairs
        on
            rollup.period_grain = pairs.period_grain
            and rollup.period_start = pairs.period_start
)

select * from final
