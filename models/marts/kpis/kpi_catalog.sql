-- One select per variant of each KPI model's YAML; nothing is written here by hand.
with variants as (
{%- for model_name in kpi_models() %}
{%- set ref_of_model = ref(model_name) %}
{%- set meta = kpi_meta(model_name) %}
{%- set code = kpi_definition_code(model_name) %}
{%- set outer_last = loop.last %}
{%- for name, variant in meta.variants.items() %}
{%- set node = kpi_node(model_name) %}
{%- set part = meta.parts.get(name, {}) %}
{%- set parameters = [] %}
{%- for parameter in variant.get('parameters', []) %}
    {%- do parameters.append(parameter ~ ' = ' ~ var(parameter)) %}
{%- endfor %}
{%- set tables = [] %}
{%- for need in ['companies', 'orders', 'order_lines'] + variant.get('needs', []) %}
    {%- if need not in tables %}
        {%- do tables.append(need) %}
    {%- endif %}
{%- endfor %}
    select
        {{ quoted(model_name | replace('kpi_', '', 1)) }} as kpi,
        {{ quoted(name) }} as variant,
        {{ 'true' if variant.is_default else 'false' }} as is_default,
        {{ quoted(meta.kpi.code) }} as kpi_code,
        {{ quoted(meta.kpi.title) }} as title,
        {{ quoted(node.columns[name].description) }} as meaning,
        {{ quoted(variant.formula) }} as formula,
        {{ quoted(variant.numerator) }} as numerator,
        {{ quoted(variant.denominator) }} as denominator,
        cast({{ variant.get('scale', 1) }} as integer) as scale,
        {{ quoted(variant.n) }} as n,
        {{ quoted(variant.unit) }} as unit,
        {{ quoted(variant.direction) }} as direction,
        {{ quoted('additive' if not variant.denominator and not variant.is_statistic
            and (part or variant).get('over_members', 'additive') == 'additive'
            else 'not additive') }} as additivity_over_members,
        {{ quoted(additive_dimensions(meta, name) | join(', ')) }} as additive_dimensions,
        {{ quoted('not additive' if variant.denominator or variant.is_statistic
            else 'additive' if (part.over_time == 'additive' if part else 'day' in meta.grains)
            else 'snapshot' if part.over_time == 'snapshot'
            else 'not additive') }} as additivity_over_time,
        nullif(
            {{ quoted(variant.interval.method if variant.interval is mapping else variant.interval) }},
            'none'
        ) as ci_method,
        {{ quoted(meta.grains | join(', ')) }} as period_grains,
        {{ quoted((['total'] + (meta.dimensions | list)) | join(', ')) }} as dimensions,
        {{ quoted(reported_dimensions(meta) | join(', ')) }} as reported_dimensions,
        {{ quoted(meta.kpi.owner) }} as owner,
        {{ quoted(node.fqn[-2]) }} as theme,
        {{ quoted(variant.priority or meta.kpi.priority) }} as priority,
        {{ quoted(tables | join(', ')) }} as raw_tables_needed,
        {{ quoted(parameters | join(', ')) }} as parameters,
        {{ quoted(variant.source) }} as source_of_definition,
        {{ quoted(variant.example) }} as worked_example,
        cast({{ variant.get('version', 1) }} as integer) as definition_version,
        {{ quoted(kpi_definition_hash(model_name, name, code)) }} as definition_hash
    {{ 'union all' if not (outer_last and loop.last) }}
{%- endfor %}
{%- endfor %}
),

definitions as (
    select
        kpi,
        variant,
        max(changed_on) as definition_changed_on
    from {{ ref('kpi_definitions') }}
    group by kpi, variant
)

select
    variants.*,
    definitions.definition_changed_on
from variants
left join definitions
    on
        variants.kpi = definitions.kpi
        and variants.variant = definitions.variant
