with companies as (
    select
        company_id,
        account_id,
        parent_company_id,
        source_name,
        row_hash
    from {{ ref('int_identity__company_survivors') }}
),

-- Only a survivor's own row names the parent of its account.
parents as (
    select
        companies.account_id as from_id,
        coalesce(parents.account_id, companies.parent_company_id) as to_id,
        parents.company_id is not null as is_known_parent,
        companies.source_name,
        companies.row_hash
    from companies
    left join companies as parents on companies.parent_company_id = parents.company_id
    where
        companies.company_id = companies.account_id
        and companies.parent_company_id is not null
),

-- A parent that was merged into its child has become the child: no link, and no cycle.
links as (
    select parents.*
    from parents
    inner join companies on parents.from_id = companies.company_id
    where parents.from_id != parents.to_id or companies.parent_company_id = companies.company_id
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
        'account_parents' as table_name,
        links.source_name,
        links.row_hash,
        case
            when cycles.from_id is not null then 'parent_cycle'
            when not links.is_known_parent then 'orphan_parent'
        end as reject_reason,
        links.from_id || ' -> ' || links.to_id as row_key,
        cast(null as decimal(18, 4)) as amount
    from links
    left join cycles on links.from_id = cycles.from_id
)

select * from final
