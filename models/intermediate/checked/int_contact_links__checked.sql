with links as (
    select
        contacts.contact_id as from_id,
        contacts.merged_into_contact_id as to_id,
        contacts.source_name,
        contacts.row_hash
    from {{ ref('stg_contract__contacts') }} as contacts
    cross join {{ ref('int_build__clock') }} as clock
    where
        {{ row_exclusion('contacts.created_at', 'contacts') }} is null
        and contacts.merged_into_contact_id is not null
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
        'contact_links' as table_name,
        links.source_name,
        links.row_hash,
        case
            when cycles.from_id is not null then 'merge_cycle'
            when survivors.contact_id is null then 'orphan_merge'
        end as reject_reason,
        links.from_id || ' -> ' || links.to_id as row_key,
        cast(null as decimal(18, 4)) as amount
    from links
    left join cycles on links.from_id = cycles.from_id
    left join {{ ref('stg_contract__contacts') }} as survivors
        on links.to_id = survivors.contact_id
)

select * from final
