with versions as (
    select
        reps.sales_rep_id,
        {{ reporting_date('reps.valid_from') }} as valid_from_date,
        reps.rep_name,
        reps.team,
        row_number() over (
            partition by reps.sales_rep_id, {{ reporting_date('reps.valid_from') }}
            order by reps.valid_from desc nulls last
        ) as newest_of_day
    from {{ ref('stg_contract__sales_reps') }} as reps
    cross join {{ ref('int_build__clock') }} as clock
    where {{ row_exclusion('reps.valid_from', 'reps') }} is null
),

-- A day has one version: the first reaches back to the beginning, each ends where the next starts.
ordered as (
    select
        *,
        row_number() over by_start as version_number,
        lead(valid_from_date) over by_start as next_valid_from_date
    from versions
    where newest_of_day = 1
    window by_start as (partition by sales_rep_id order by valid_from_date nulls first)
),

final as (
    select
        sales_rep_id,
        case when version_number = 1 then date '0001-01-01' else valid_from_date end
            as valid_from_date,
        coalesce(next_valid_from_date, date '9999-12-31') as valid_to_date,
        rep_name,
        team
    from ordered
)

select * from final
