with clock as (
    select * from {{ ref('int_build__clock') }}
),

-- The newest version that the data's clock knows; a deleted company keeps its id only.
companies as (
    select
        companies.company_id,
        companies.company_name,
        companies.parent_company_id,
        companies.domain,
        companies.is_internal,
        companies.source_name,
        companies.row_hash,
        row_number() over (
            partition by companies.company_id
            order by companies.valid_from desc nulls last
        ) as newest_first
    from {{ ref('stg_contract__companies') }} as companies
    cross join clock
    where {{ row_exclusion('companies.valid_from', 'companies') }} is null
),

links as (
    select
        from_id,
        to_id
    from {{ ref('int_company_links__checked') }}
    where reject_reason is null
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

survivors as (
    select
        closure.from_id,
        closure.to_id as account_id
    from closure
    left join links as further_links on closure.to_id = further_links.from_id
    where further_links.from_id is null
),

final as (
    select
        companies.company_id,
        coalesce(survivors.account_id, companies.company_id) as account_id,
        companies.parent_company_id,
        nullif(
            {{ replace_pattern('lower(trim(companies.domain))', "'^(@|www[.])'") }}, ''
        ) as domain,
        coalesce(companies.is_internal, false) as is_internal,
        companies.source_name,
        companies.row_hash
    from companies
    left join survivors on companies.company_id = survivors.from_id
    where companies.newest_first = 1
)

select * from final
