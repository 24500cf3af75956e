with company_versions as (
    select * from {{ ref('int_accounts__versions') }}
),

companies as (
    select
        account_id,
        any_value(parent_account_id) as parent_account_id,
        bool_or(is_internal) as is_internal
    from {{ ref('int_identity__companies') }}
    group by account_id
),

ultimate_parents as (
    select
        account_id,
        ultimate_parent_id,
        valid_from_date,
        valid_to_date
    from {{ ref('int_accounts__ultimate_parents') }}
),

-- Accounts that some row names: persons, guests, and companies that were never delivered.
mentioned as (
    select
        account_id,
        bool_or(is_internal) as is_internal
    from (
        select
            account_id,
            is_internal
        from {{ ref('int_identity__emails') }}
        union all
        select
            account_id,
            false as is_internal
        from {{ ref('int_orders__resolved') }}
        union all
        select
            account_id,
            false as is_internal
        from {{ ref('int_identity__contacts') }}
        where account_id is not null
        {%- for table_name in ['leads', 'subscriptions', 'subscription_changes', 'opportunities'] %}
        union all
        select
            company_id as account_id,
            false as is_internal
        from {{ ref('stg_contract__' ~ table_name) }} as {{ table_name }}
        where company_id is not null
        {%- endfor %}
    ) as mentions
    group by account_id
),

-- A company that was merged is no account of its own any more.
without_company as (
    select
        mentioned.account_id,
        mentioned.is_internal
    from mentioned
    left join {{ ref('int_identity__companies') }} as known_companies
        on mentioned.account_id = known_companies.company_id
    where known_companies.company_id is null
),

unioned as (
    select
        company_versions.account_id,
        greatest(company_versions.valid_from_date, ultimate_parents.valid_from_date)
            as valid_from_date,
        least(company_versions.valid_to_date, ultimate_parents.valid_to_date) as valid_to_date,
        'company' as account_kind,
        company_versions.company_name as account_name,
        case
            when company_versions.valid_to_date = date '9999-12-31' then companies.parent_account_id
            else company_versions.parent_account_id
        end as parent_account_id,
        ultimate_parents.ultimate_parent_id,
        company_versions.industry,
        company_versions.segment,
        company_versions.country_code,
        company_versions.account_size_band,
        company_versions.sales_rep_id,
        company_versions.original_source,
        companies.is_internal
    from company_versions
    left join companies on company_versions.account_id = companies.account_id
    -- A version is cut where an account further up gets another parent.
    inner join ultimate_parents
        on
            company_versions.account_id = ultimate_parents.account_id
            and company_versions.valid_from_date < ultimate_parents.valid_to_date
            and company_versions.valid_to_date > ultimate_parents.valid_from_date
    union all
    select
        account_id,
        date '0001-01-01' as valid_from_date,
        date '9999-12-31' as valid_to_date,
        case
            when left(account_id, 7) = 'person:' then 'person'
            when left(account_id, 6) = 'guest:' then 'guest'
            else 'company'
        end as account_kind,
        cast(null as string) as account_name,
        cast(null as string) as parent_account_id,
        account_id as ultimate_parent_id,
        cast(null as string) as industry,
        cast(null as string) as segment,
        cast(null as string) as country_code,
        cast(null as string) as account_size_band,
        cast(null as string) as sales_rep_id,
        cast(null as string) as original_source,
        is_internal
    from without_company
),

acquisition as (
    select
        account_id,
        acquisition_channel
    from {{ ref('int_accounts__acquisition') }}
),

final as (
    select
        unioned.account_id,
        cast(unioned.valid_from_date as date) as valid_from_date,
        cast(unioned.valid_to_date as date) as valid_to_date,
        unioned.valid_to_date = date '9999-12-31' as is_current,
        unioned.account_kind,
        coalesce(unioned.account_name, unioned.account_id) as account_name,
        unioned.parent_account_id,
        unioned.ultimate_parent_id,
        coalesce(unioned.industry, '(unknown)') as industry,
        coalesce(unioned.segment, '(unknown)') as segment,
        coalesce(unioned.country_code, '(unknown)') as country,
        coalesce(unioned.account_size_band, '(unknown)') as account_size_band,
        coalesce(unioned.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(acquisition.acquisition_channel, '(unattributed)') as acquisition_channel,
        unioned.original_source,
        coalesce(unioned.is_internal, false) as is_internal
    from unioned
    left join acquisition
        on unioned.account_id = acquisition.account_id
)

select * from final
