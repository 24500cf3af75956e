with entries as (
    select
        lead_id,
        lower(stage) as source_stage,
        entered_at,
        changed_by,
        reason,
        criteria_version,
        is_bulk_change,
        source_name,
        loaded_at,
        is_deleted,
        row_hash
    from {{ ref('stg_contract__lead_stage_history') }}
),

leads as (
    select lead_id, coalesce(first_seen_at, created_at) as lead_created_at
    from {{ ref('stg_contract__leads') }}
),

rules as (
    select source_name, source_stage, stage
    from {{ ref('stage_rules') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

named as (
    select
        entries.*,
        leads.lead_created_at,
        coalesce(own_rules.stage, common_rules.stage) as stage,
        {{ row_exclusion('entries.entered_at', 'entries') }} as row_exclusion
    from entries
    cross join clock
    left join leads on entries.lead_id = leads.lead_id
    left join rules as own_rules
        on
            entries.source_name = own_rules.source_name
            and entries.source_stage = own_rules.source_stage
    left join rules as common_rules
        on
            common_rules.source_name = '*'
            and entries.source_stage = common_rules.source_stage
),

final as (
    select
        lead_id,
        stage,
        source_stage,
        entered_at,
        changed_by,
        reason,
        criteria_version,
        is_bulk_change,
        row_exclusion as exclusion_reason,
        'lead_stage_history' as table_name,
        source_name,
        row_hash,
        case
            when stage is null then 'unknown_stage'
            when entered_at < lead_created_at then 'event_before_lead'
        end as reject_reason,
        concat_ws(' | ', lead_id, source_stage, cast(entered_at as string)) as row_key,
        cast(null as decimal(18, 4)) as amount
    from named
)

select * from final
