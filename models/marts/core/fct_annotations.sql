with annotations as (
    select *
    from {{ ref('stg_contract__annotations') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

final as (
    select
        annotations.annotation_id,
        annotations.source_name,
        annotations.annotation_type,
        annotations.title,
        annotations.started_on,
        annotations.ended_on,
        coalesce(annotations.dimension, 'total') as dimension,
        case
            when annotations.dimension is null then 'all'
            else coalesce(annotations.dimension_value, 'all')
        end as dimension_value,
        {{ row_exclusion(reporting_midnight('annotations.started_on'), 'annotations') }} is null
            as is_eligible,
        {{ row_exclusion(reporting_midnight('annotations.started_on'), 'annotations') }}
            as exclusion_reason
    from annotations
    cross join clock
)

select * from final
