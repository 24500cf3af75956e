with final as (
    select
        stage_entry_id,
        source_name,
        lead_id,
        lead_record_id,
        stage,
        entered_at,
        entered_date,
        changed_by,
        criteria_version,
        entry_number,
        is_reentry,
        is_bulk_change,
        is_eligible,
        exclusion_reason
    from {{ ref('int_leads__stage_entries') }}
)

select * from final
