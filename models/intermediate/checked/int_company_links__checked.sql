with clock as (
    select * from {{ ref('int_build__clock') }}
),

companies as (
    select
        companies.company_id,
        companies.merged_into_company_id,
        companies.valid_from,
        companies.source_name,
        companies.row_hash
    from {{ ref('stg_contract__companies') }} as companies
    cross join clock
    where {{ row_exclusion('companies.valid_from', 'companies') }} is null
),

newest_versions as (
    select
        company_id,
        max_by(merged_into_company_id, coalesce(valid_from, timestamp '0001-01-01'))
            as merged_into_company_id,
        any_value(source_name) as source_name,
        max_by(row_hash, coalesce(valid_from, timestamp '0001-01-01')) as row_hash
    from companies
    group by company_id
),

hand_links as (
    select
        company_links.from_company_id,
        company_links.to_company_id,
        company_links.valid_from
    from {{ ref('company_links') }} as company_links
    cross join clock
    where company_links.valid_from is null or company_links.valid_from <= clock.as_of_date
),

links as (
    select
        hand_links.from_company_id as from_id,
        hand_links.to_company_id as to_id,
        'hand_link' as rule,
        hand_links.valid_from,
        'company_links' as source_name,
        md5(concat_ws('|', hand_links.from_company_id, hand_links.to_company_id)) as row_hash
    from hand_links
    union all
    select
        newest_versions.company_id as from_id,
        newest_versions.merged_into_company_id as to_id,
        'source_merge' as rule,
        cast(null as date) as valid_from,
        newest_versions.source_name,
        newest_versions.row_hash
    from newest_versions
    left join hand_links
        on newest_versions.company_id = hand_links.from_company_id
    where
        newest_versions.merged_into_company_id is not null
        and hand_links.from_company_id is null
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
        links.rule,
        links.valid_from,
        'company_links' as table_name,
        links.source_name,
        links.row_hash,
        case
            when cycles.from_id is not null then 'merge_cycle'
            when survivors.company_id is null then 'orphan_merge'
        end as reject_reason,
        links.from_id || ' -> ' || links.to_id as row_key,
        cast(null as decimal(18, 4)) as amount
    from links
    left join cycles on links.from_id = cycles.from_id
    left join newest_versions as survivors on links.to_id = survivors.company_id
)

select * from final
