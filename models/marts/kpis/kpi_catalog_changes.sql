select
    kpi,
    variant,
    definition_version,
    definition_hash,
    changed_on,
    what_changed,
    why
from {{ ref('kpi_definitions') }}
