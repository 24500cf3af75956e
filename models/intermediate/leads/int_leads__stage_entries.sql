with entries as (
    select
        lead_id,
        stage,
        entered_at,
        date_trunc('second', entered_at) as entered_second,
        changed_by,
        criteria_version,
        is_bulk_change,
        source_name,
        row_hash,
        -- Two sources may say the same of leads of their own.
        {{ qualified_id('row_hash') }} as stage_entry_id,
        exclusion_reason
    from {{ ref('int_lead_stage_history__checked') }}
    where reject_reason is null
),

leads as (
    select
        lead_id,
        surviving_lead_id,
        exclusion_reason
    from {{ ref('int_leads__resolved') }}
),

-- Who made a change nobody signed is one unknown user of that system.
moved_at_once as (
    select
        source_name,
        stage,
        entered_second,
        changed_by,
        count(distinct lead_id) as leads
    from entries
    where exclusion_reason is null
    group by source_name, stage, entered_second, changed_by
),

judged as (
    select
        {{ columns_except(['exclusion_reason'], 'entries') }},
        coalesce(leads.surviving_lead_id, entries.lead_id) as surviving_lead_id,
        coalesce(
            entries.is_bulk_change, moved_at_once.leads > {{ var('bulk_change_leads') }}, false
        ) as is_in_bulk,
        -- What a record did before it was merged, the surviving lead did.
        coalesce(
            entries.exclusion_reason,
            nullif(leads.exclusion_reason, 'merged_lead'),
            survivors.exclusion_reason,
            case when leads.lead_id is null then 'unknown_lead' end
        ) as exclusion_reason
    from entries
    left join leads
        on entries.lead_id = leads.lead_id
    left join leads as survivors
        on leads.surviving_lead_id = survivors.lead_id
    left join moved_at_once
        on
            entries.source_name = moved_at_once.source_name
            and entries.stage = moved_at_once.stage
            and entries.entered_second = moved_at_once.entered_second
            and entries.changed_by is not distinct from moved_at_once.changed_by
),

numbered as (
    select
        stage_entry_id,
        row_number() over (
            partition by surviving_lead_id, stage order by entered_at, row_hash
        ) as entry_number
    from judged
    where exclusion_reason is null
),

final as (
    select
        judged.stage_entry_id,
        judged.surviving_lead_id as lead_id,
        judged.lead_id as lead_record_id,
        judged.stage,
        judged.entered_at,
        {{ reporting_date('judged.entered_at') }} as entered_date,
        judged.changed_by,
        judged.criteria_version,
        cast(numbered.entry_number as integer) as entry_number,
        -- Each record of a merged lead begins as a lead: that is no step back.
        coalesce(numbered.entry_number > 1 and judged.stage != 'lead', false) as is_reentry,
        judged.is_in_bulk as is_bulk_change,
        judged.source_name,
        judged.exclusion_reason is null as is_eligible,
        judged.exclusion_reason
    from judged
    left join numbered
        on judged.stage_entry_id = numbered.stage_entry_id
)

select * from final
