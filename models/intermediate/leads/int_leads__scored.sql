with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

-- The last day on which a score cannot know what became of the lead.
leads as (
    select
        lead_id,
        surviving_lead_id,
        lead_created_date,
        lead_created_date + {{ var('score_after_days') }} as scored_until_date
    from {{ ref('int_leads__resolved') }}
    where not (is_merged and coalesce(exclusion_reason, '') = 'spam')
),

delivered_scores as (
    select
        leads.surviving_lead_id,
        scores.score,
        scores.score_version
    from {{ ref('stg_contract__lead_scores') }} as scores
    cross join clock
    inner join leads
        on
            scores.lead_id = leads.lead_id
            and {{ reporting_date('scores.scored_at') }} <= leads.scored_until_date
    where {{ row_exclusion('scores.scored_at', 'scores') }} is null
    qualify
        row_number() over (
            partition by leads.surviving_lead_id
            order by scores.scored_at desc, scores.score_version desc nulls last, scores.lead_id asc
        ) = 1
),

criteria as (
    select
        score_version,
        criterion,
        kind,
        weight,
        coalesce(valid_from, date '0001-01-01') as valid_from
    from {{ ref('lead_score_criteria') }}
),

versions as (
    select
        score_version,
        min(valid_from) as valid_from,
        coalesce(lead(min(valid_from)) over (order by min(valid_from)), date '9999-12-31')
            as valid_to,
        count(*) as criteria_expected,
        sum(weight) filter (where kind = 'fit') as fit_weight
    from criteria
    group by score_version
),

-- What was seen last of each criterion counts.
observed as (
    select
        leads.surviving_lead_id,
        leads.lead_created_date,
        observations.criterion,
        observations.is_met
    from {{ ref('stg_contract__lead_criteria') }} as observations
    cross join clock
    inner join leads
        on
            observations.lead_id = leads.lead_id
            and {{ reporting_date('observations.observed_at') }} <= leads.scored_until_date
    where {{ row_exclusion('observations.observed_at', 'observations') }} is null
    qualify
        row_number() over (
            partition by leads.surviving_lead_id, observations.criterion
            order by observations.observed_at desc, observations.lead_id asc
        ) = 1
),

summed as (
    select
        observed.surviving_lead_id,
        versions.score_version,
        versions.criteria_expected,
        versions.fit_weight,
        count(*) as criteria_seen,
        sum(case when observed.is_met then criteria.weight else 0 end) as score,
        sum(case when observed.is_met and criteria.kind = 'fit' then criteria.weight else 0 end)
            as fit_weight_met
    from observed
    inner join versions
        on
            observed.lead_created_date >= versions.valid_from
            and observed.lead_created_date < versions.valid_to
    inner join criteria
        on
            versions.score_version = criteria.score_version
            and observed.criterion = criteria.criterion
    group by all
),

scored as (
    select
        leads.lead_id,
        cast(coalesce(delivered_scores.score, summed.score) as decimal(18, 4)) as score,
        -- A version is named by the score that counts: a delivered one may have none.
        case
            when delivered_scores.surviving_lead_id is not null then delivered_scores.score_version
            else summed.score_version
        end as score_version,
        summed.fit_weight_met * 2 >= nullif(summed.fit_weight, 0) as is_fit,
        summed.criteria_seen,
        summed.criteria_expected
    from leads
    left join delivered_scores
        on leads.lead_id = delivered_scores.surviving_lead_id
    left join summed
        on leads.lead_id = summed.surviving_lead_id
    where leads.lead_id = leads.surviving_lead_id
),

final as (
    select
        lead_id,
        score,
        coalesce(score_version, '(unknown)') as score_version,
        case
            when score < 20 then '0-19'
            when score < 40 then '20-39'
            when score < 60 then '40-59'
            when score < 80 then '60-79'
            when score >= 80 then '80-100'
            else '(unknown)'
        end as score_band,
        score >= {{ var('qualified_score') }} as is_qualified,
        is_fit,
        cast(criteria_seen as integer) as criteria_seen,
        cast(criteria_expected as integer) as criteria_expected,
        {{ safe_ratio('criteria_seen', 'criteria_expected') }} as score_completeness
    from scored
)

select * from final
