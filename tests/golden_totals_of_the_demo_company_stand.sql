{{ config(enabled=(var('landing') == 'seeds'), tags=['golden']) }}
-- The demo company is always the same, so its totals are too. A difference is a changed rule: mend
-- it, or, if it is meant, run scripts/update_golden and write the change into CHANGELOG.md.
{%- set measures = [
    'cells', 'cells_with_value', 'members', 'days', 'numerators', 'denominators', 'sum_of_values',
    'sum_of_intervals', 'cells_ok', 'cells_immature',
] %}
with expected as (
    select * from {{ ref('golden_kpi_totals') }}
),

actual as (
    select * from {{ ref('kpi_totals') }}
)

select
    coalesce(expected.kpi, actual.kpi) as kpi,
    coalesce(expected.measure, actual.measure) as measure,
    coalesce(expected.kind, actual.kind) as kind,
    {%- for measure in measures %}
    expected.{{ measure }} as expected_{{ measure }},
    actual.{{ measure }} as actual_{{ measure }},
    {%- endfor %}
    coalesce(expected.dimension, actual.dimension) as dimension
from expected
full outer join actual
    on
        expected.kpi = actual.kpi
        and expected.measure = actual.measure
        and expected.kind = actual.kind
        and expected.dimension = actual.dimension
where
    expected.kpi is null
    or actual.kpi is null
    {%- for measure in measures %}
    or (expected.{{ measure }} is null) != (actual.{{ measure }} is null)
    or abs(cast(expected.{{ measure }} as double) - cast(actual.{{ measure }} as double))
    > 0.001 + 1e-9 * abs(cast(expected.{{ measure }} as double))
    {%- endfor %}
