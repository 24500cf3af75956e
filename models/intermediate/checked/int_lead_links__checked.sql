-- Sources delete what they merge, so a deleted record may still say where it went.
with known as (
    select
        leads.lead_id,
        leads.merged_into_lead_id,
        leads.source_name,
        leads.row_hash
    from {{ ref('stg_contract__leads') }} as leads
    cross join {{ ref('int_build__clock') }} as clock
    where
        coalesce(leads.first_seen_at, leads.created_at) <= clock.as_of
        and coalesce(leads.loaded_at, clock.as_of) <= clock.as_of
),

-- A merge into a record that comes after the data's clock has not happened yet.
links as (
    select
        known.lead_id as from_id,
        known.merged_into_lead_id as to_id,
        known.source_name,
        known.row_hash,
        delivered.lead_id is null as is_orphan
    from known
    left join {{ ref('stg_contract__leads') }} as delivered
        on known.merged_into_lead_id = delivered.lead_id
    left join known as survivors
        on known.merged_into_lead_id = survivors.lead_id
    where
        known.merged_into_lead_id is not null
        and (delivered.lead_id is null or survivors.lead_id is not null)
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

cycles as (
    select from_id
    from closure
    where from_id = to_id
),

final as (
    select
        links.from_id,
        links.to_id,
        'lead_links' as table_name,
        links.source_name,
        links.row_hash,
        case
            when cycles.from_id is not null then 'merge_cycle'
            when links.is_orphan then 'orphan_merge'
        end as reject_reason,
        links.from_id || ' -> ' || links.to_id as row_key,
        cast(null as decimal(18, 4)) as amount
    from links
    left join cycles on links.from_id = cycles.from_id
)

select * from final
