with companies as (
    select
        company_id,
        account_id,
        domain,
        is_internal
    from {{ ref('int_identity__company_survivors') }}
),

links as (
    select
        from_id,
        to_id
    from {{ ref('int_account_parents__checked') }}
    where reject_reason is null
),

closure as (
    {{ link_closure('links') | indent(4) }}
),

ultimate_parents as (
    select
        closure.from_id,
        closure.to_id as ultimate_parent_id
    from closure
    left join links as further_links on closure.to_id = further_links.from_id
    where further_links.from_id is null
),

internal_companies as (
    select distinct company_id
    from {{ ref('internal_accounts') }}
    where company_id is not null
),

internal_domains as (
    select distinct lower(domain) as domain
    from {{ ref('internal_accounts') }}
    where domain is not null
),

internal_accounts as (
    select companies.account_id
    from companies
    left join internal_companies on companies.company_id = internal_companies.company_id
    left join internal_domains on companies.domain = internal_domains.domain
    group by companies.account_id
    having bool_or(
        companies.is_internal
        or internal_companies.company_id is not null
        or internal_domains.domain is not null
    )
),

final as (
    select
        companies.company_id,
        companies.account_id,
        links.to_id as parent_account_id,
        coalesce(ultimate_parents.ultimate_parent_id, companies.account_id)
            as ultimate_parent_id,
        companies.domain,
        internal_accounts.account_id is not null as is_internal
    from companies
    left join links on companies.account_id = links.from_id
    left join ultimate_parents on companies.account_id = ultimate_parents.from_id
    left join internal_accounts on companies.account_id = internal_accounts.account_id
)

select * from final
