{{ config(enabled=(var('landing') == 'seeds'), tags=['golden']) }}
-- A definition that is not the last recorded one of its variant was changed in silence: raise its
-- version, or say that it means the same, with scripts/update_definitions. One that is new is none.
with recorded as (
    select
        kpi,
        variant,
        definition_version,
        definition_hash
    from {{ ref('kpi_definitions') }}
),

catalog as (
    select
        kpi,
        variant,
        definition_version,
        definition_hash
    from {{ ref('kpi_catalog') }}
)

select
    catalog.kpi,
    catalog.variant,
    catalog.definition_version,
    max(recorded.definition_version) as recorded_version
from catalog
inner join recorded
    on
        catalog.kpi = recorded.kpi
        and catalog.variant = recorded.variant
group by catalog.kpi, catalog.variant, catalog.definition_version, catalog.definition_hash
having not coalesce(
    bool_or(
        recorded.definition_version = catalog.definition_version
        and recorded.definition_hash = catalog.definition_hash
    )
    and max(recorded.definition_version) = catalog.definition_version,
    false
)
