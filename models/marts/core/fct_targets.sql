{%- set cell = ['kpi', 'variant', 'period_grain', 'period_start', 'dimension', 'dimension_value'] %}
with targets as (
    select *
    from {{ ref('int_targets__periods') }}
),

clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

-- The latest approval holds; of equal ones the last name of a version (v2 before v1), then the
-- first source. What is approved after the clock is not in force yet.
current_versions as (
    select
        targets.source_name,
        {%- for column in cell %}
        targets.{{ column }},
        {%- endfor %}
        targets.target_version
    from targets
    cross join clock
    where
        targets.exclusion_reason is null
        and coalesce(targets.approved_on <= clock.as_of_date, true)
    qualify row_number() over (
        partition by {{ cell | join(', ') }}
        order by
            targets.approved_on desc nulls last,
            targets.target_version desc,
            targets.source_name asc
    ) = 1
),

final as (
    select
        targets.source_name,
        targets.kpi,
        targets.variant,
        targets.period_grain,
        targets.period_start,
        targets.period_end,
        targets.dimension,
        targets.dimension_value,
        targets.target_version,
        targets.target_value,
        targets.approved_on,
        current_versions.target_version is not null as is_current_version,
        targets.is_period_start,
        cast(targets.business_days as integer) as business_days,
        cast(targets.business_days_elapsed as integer) as business_days_elapsed,
        targets.exclusion_reason is null as is_eligible,
        targets.exclusion_reason
    from targets
    left join current_versions
        on
            targets.source_name = current_versions.source_name
            {%- for column in cell + ['target_version'] %}
            and targets.{{ column }} = current_versions.{{ column }}
            {%- endfor %}
)

select * from final
