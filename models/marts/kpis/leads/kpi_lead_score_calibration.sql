with leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        score,
        score_band,
        coalesce(cast(is_qualified as string), '(unknown)') as is_qualified,
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

scored_leads as (
    select
        leads.lead_id,
        leads.account_id,
        leads.score,
        leads.leads_converted,
        periods.period_grain,
        periods.period_index
    from leads
    inner join (
        {{ period_days() | indent(8) }}
    ) as periods
        on leads.event_date = periods.date_day
    where leads.leads_scored = 1
),

scores as (
    select
        period_grain,
        period_index,
        score,
        count(*) filter (where leads_converted = 0) as leads_lost
    from scored_leads
    group by period_grain, period_index, score
),

-- A lead that converted meets each of its period that did not: the higher score wins, equal ones
-- win half. The share of meetings that are won is the area (Mann and Whitney, 1947).
meetings as (
    select
        period_grain,
        period_index,
        score,
        cast(sum(leads_lost) over in_period as bigint) as score_pairs,
        cast(sum(leads_lost) over up_to_the_score as bigint) - 0.5 * leads_lost
            as score_pairs_won
    from scores
    window
        in_period as (partition by period_grain, period_index),
        up_to_the_score as (partition by period_grain, period_index order by score)
),

pairs as (
    select
        scored_leads.lead_id,
        scored_leads.account_id,
        scored_leads.period_grain,
        scored_leads.period_index as from_index,
        scored_leads.period_index as to_index,
        meetings.score_pairs,
        meetings.score_pairs_won
    from scored_leads
    inner join meetings
        on
            scored_leads.period_grain = meetings.period_grain
            and scored_leads.period_index = meetings.period_index
            and scored_leads.score = meetings.score
    where scored_leads.leads_converted = 1
),

-- Pairs across bands belong to none of them: they only count in the total.
rollup as (
    {{ kpi_rollup([
        {
            'relation': 'leads', 'kind': 'events',
            'measures': ['leads', 'leads_converted', 'leads_scored'],
        },
        {
            'relation': 'pairs', 'kind': 'spells', 'dimensions': [],
            'measures': ['score_pairs', 'score_pairs_won'],
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
        case
            when rollup.dimension = 'total' then cast(rollup.score_pairs as bigint)
        end as score_pairs,
        case
            when rollup.dimension = 'total' then cast(rollup.score_pairs_won as decimal(18, 1))
        end as score_pairs_won,
        {{ safe_ratio('rollup.leads_converted', 'rollup.leads') }} as band_conversion_rate,
        {{ safe_ratio(safe_ratio('rollup.leads_converted', 'rollup.leads'), 'totals.total_rate') }}
            as band_lift,
        {{ safe_ratio('rollup.score_pairs_won', 'rollup.score_pairs') }} as auc,
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ var('lead_window_days')) }} <= rollup.as_of
            as is_mature,
        rollup.as_of
    from rollup
    left join totals
        on
            rollup.period_grain = totals.period_grain
            and rollup.period_start = totals.period_start
)

select * from final
