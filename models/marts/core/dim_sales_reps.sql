with versions as (
    select * from {{ ref('int_sales_reps__versions') }}
),

final as (
    select
        sales_rep_id as sales_rep,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_to_date as date) as valid_to_date,
        valid_to_date = date '9999-12-31' as is_current,
        coalesce(rep_name, sales_rep_id) as sales_rep_name,
        coalesce(team, '(unknown)') as team
    from versions
)

select * from final
