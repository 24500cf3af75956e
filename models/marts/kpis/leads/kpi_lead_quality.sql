{%- set sums = [
    'leads', 'leads_scored', 'leads_qualified', 'leads_reachable', 'leads_fit', 'leads_accepted',
    'leads_rejected', 'leads_judged', 'leads_with_criteria', 'criteria_seen', 'criteria_expected',
] -%}
with leads as (
    select
        lead_id,
        account_id,
        lead_created_date as event_date,
        lead_source,
        marketing_channel,
        campaign,
        score_band,
        score_version,
        score,
        1 as leads,
        case when score is not null then 1 else 0 end as leads_scored,
        coalesce(score, 0) as score_sum,
        case when is_qualified then 1 else 0 end as leads_qualified,
        case when has_reachable_contact then 1 else 0 end as leads_reachable,
        case when is_fit then 1 else 0 end as leads_fit,
        case when sales_verdict = 'accepted' then 1 else 0 end as leads_accepted,
        case when sales_verdict = 'rejected' then 1 else 0 end as leads_rejected,
        case when sales_verdict is not null then 1 else 0 end as leads_judged,
        case when is_fit is not null then 1 else 0 end as leads_with_criteria,
        coalesce(criteria_seen, 0) as criteria_seen,
        coalesce(criteria_expected, 0) as criteria_expected
    from {{ ref('fct_leads') }}
    where is_strict and is_eligible
),

medians as (
    {{ cell_quantiles('leads', {'lead_score_median': ['score', 0.5]}) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'leads', 'kind': 'events', 'measures': sums + ['score_sum']},
    ]) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        cast(rollup.leads as bigint) as leads,
        cast(rollup.leads_scored as bigint) as leads_scored,
        cast(rollup.score_sum as decimal(18, 4)) as score_sum,
        {%- for name in sums[2:] %}
        cast(rollup.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {{ safe_ratio('rollup.score_sum', 'rollup.leads_scored') }} as lead_score_average,
        medians.lead_score_median,
        {{ safe_ratio('rollup.leads_qualified', 'rollup.leads_scored') }} as qualified_share,
        {{ safe_ratio('rollup.leads_scored', 'rollup.leads') }} as scored_share,
        {{ safe_ratio('rollup.leads_reachable', 'rollup.leads') }} as reachable_share,
        {{ safe_ratio('rollup.leads_fit', 'rollup.leads_with_criteria') }} as fit_share,
        {{ safe_ratio('rollup.leads_accepted', 'rollup.leads_judged') }} as sales_accepted_share,
        {{ safe_ratio('rollup.criteria_seen', 'rollup.criteria_expected') }} as score_completeness,
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ var('score_after_days')) }} <= rollup.as_of
            as is_mature,
        rollup.as_of
    from rollup
    left join medians
        on
            rollup.period_grain = medians.period_grain
            and rollup.period_start = medians.period_start
            and rollup.dimension = medians.dimension
            and rollup.dimension_value = medians.dimension_value
)

select * from final
