-- What was delivered and is not deleted stands beside its actual, or says why not: no target is
-- lost, doubled or changed.
with delivered as (
    select
        targets.source_name,
        targets.kpi,
        targets.variant,
        targets.period_grain,
        targets.period_start,
        targets.dimension,
        targets.dimension_value,
        targets.target_version,
        targets.target_value
    from {{ ref('stg_contract__targets') }} as targets
    cross join {{ ref('int_build__clock') }} as clock
    where not targets.is_deleted and coalesce(targets.loaded_at <= clock.as_of, true)
),

compared as (
    select
        source_name,
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        dimension_value,
        target_version,
        target_value
    from {{ ref('kpi_budget_vs_actual') }}
    where match_status != 'actual_without_target'
),

lost as (
    select * from delivered
    except all
    select * from compared
),

added as (
    select * from compared
    except all
    select * from delivered
)

select
    'lost' as problem,
    kpi,
    variant,
    period_grain,
    period_start,
    dimension_value,
    target_version,
    target_value
from lost
union all
select
    'added' as problem,
    kpi,
    variant,
    period_grain,
    period_start,
    dimension_value,
    target_version,
    target_value
from added
