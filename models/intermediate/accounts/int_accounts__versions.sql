with clock as (
    select * from {{ ref('int_build__clock') }}
),

survivors as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

versions as (
    select
        companies.company_id as account_id,
        {{ reporting_date('companies.valid_from') }} as valid_from_date,
        companies.company_name,
        companies.parent_company_id,
        companies.industry,
        companies.segment,
        companies.country_code,
        companies.employee_count,
        companies.account_size_band,
        companies.sales_rep_id,
        companies.original_source,
        row_number() over (
            partition by companies.company_id, {{ reporting_date('companies.valid_from') }}
            order by companies.valid_from desc nulls last
        ) as newest_of_day
    from {{ ref('stg_contract__companies') }} as companies
    inner join survivors
        on
            companies.company_id = survivors.company_id
            and survivors.company_id = survivors.account_id
    cross join clock
    where {{ row_exclusion('companies.valid_from', 'companies') }} is null
),

-- A day has one version: the first reaches back to the beginning, each ends where the next starts.
ordered as (
    select
        *,
        row_number() over by_start as version_number,
        lead(valid_from_date) over by_start as next_valid_from_date
    from versions
    where newest_of_day = 1
    window by_start as (partition by account_id order by valid_from_date nulls first)
),

final as (
    select
        ordered.account_id,
        case
            when ordered.version_number = 1 then date '0001-01-01'
            else ordered.valid_from_date
        end as valid_from_date,
        coalesce(ordered.next_valid_from_date, date '9999-12-31') as valid_to_date,
        ordered.company_name,
        nullif(coalesce(parents.account_id, ordered.parent_company_id), ordered.account_id)
            as parent_account_id,
        ordered.industry,
        ordered.segment,
        ordered.country_code,
        coalesce(ordered.account_size_band, size_bands.account_size_band) as account_size_band,
        ordered.sales_rep_id,
        ordered.original_source
    from ordered
    left join survivors as parents on ordered.parent_company_id = parents.company_id
    left join {{ ref('size_bands') }} as size_bands
        on
            ordered.employee_count >= size_bands.employees_from
            and ordered.employee_count <= coalesce(size_bands.employees_to, ordered.employee_count)
)

select * from final
