with recursive companies as (
    select distinct account_id
    from {{ ref('int_identity__companies') }}
),

-- A parent that nobody delivered is none.
links as (
    select
        account_versions.account_id,
        account_versions.valid_from_date,
        account_versions.valid_to_date,
        parents.account_id as parent_account_id
    from {{ ref('int_accounts__versions') }} as account_versions
    left join companies as parents
        on account_versions.parent_account_id = parents.account_id
),

-- Up the chain, each step on the days on which all of its links hold. A circle ends at the account
-- where it closes.
climbed as (
    select
        account_id,
        account_id as top_account_id,
        {{ list_of('account_id') }} as path,
        false as is_circle,
        date '0001-01-01' as valid_from_date,
        date '9999-12-31' as valid_to_date
    from companies
    union all
    select
        climbed.account_id,
        links.parent_account_id as top_account_id,
        array_append(climbed.path, links.parent_account_id) as path,
        array_contains(climbed.path, links.parent_account_id) as is_circle,
        greatest(climbed.valid_from_date, links.valid_from_date) as valid_from_date,
        least(climbed.valid_to_date, links.valid_to_date) as valid_to_date
    from climbed
    inner join links
        on
            climbed.top_account_id = links.account_id
            and climbed.valid_from_date < links.valid_to_date
            and climbed.valid_to_date > links.valid_from_date
            and links.parent_account_id is not null
            and not climbed.is_circle
),

-- The top of the chain are the days on which the account that was reached has no parent.
tops as (
    select
        account_id,
        top_account_id,
        valid_from_date,
        valid_to_date
    from climbed
    where is_circle
    union all
    select
        climbed.account_id,
        climbed.top_account_id,
        greatest(climbed.valid_from_date, links.valid_from_date) as valid_from_date,
        least(climbed.valid_to_date, links.valid_to_date) as valid_to_date
    from climbed
    inner join links
        on
            climbed.top_account_id = links.account_id
            and climbed.valid_from_date < links.valid_to_date
            and climbed.valid_to_date > links.valid_from_date
            and links.parent_account_id is null
            and not climbed.is_circle
),

changed as (
    select
        account_id,
        top_account_id,
        valid_from_date,
        lag(top_account_id) over by_start as previous_top_account_id
    from tops
    window by_start as (partition by account_id order by valid_from_date)
),

final as (
    select
        account_id,
        top_account_id as ultimate_parent_id,
        valid_from_date,
        lead(valid_from_date, 1, date '9999-12-31') over (
            partition by account_id
            order by valid_from_date
        ) as valid_to_date
    from changed
    where previous_top_account_id is distinct from top_account_id
)

select * from final
