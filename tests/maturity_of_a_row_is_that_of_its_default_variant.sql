-- Periods in which `is_mature` of a KPI table is not the one that kpi_values has for the default
-- variant.
with tables as (
    {%- for model_name in kpi_models() %}
    select distinct
        '{{ model_name | replace("kpi_", "", 1) }}' as kpi,
        period_grain,
        period_start,
        is_mature
    from {{ ref(model_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

default_variants as (
    select distinct
        kpi,
        period_grain,
        period_start,
        is_mature
    from {{ ref('kpi_values') }}
    where is_default
)

select
    tables.*,
    default_variants.is_mature as is_default_variant_mature
from tables
left join default_variants
    on
        tables.kpi = default_variants.kpi
        and tables.period_grain = default_variants.period_grain
        and tables.period_start = default_variants.period_start
where tables.is_mature is distinct from default_variants.is_mature
