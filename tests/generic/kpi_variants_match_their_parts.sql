{#- Ratios that are not their numerator over their denominator (times `scale`, if the YAML names
    one), or that are null without a reason. -#}
{% test kpi_variants_match_their_parts(model) %}
{%- set meta = kpi_meta(tested_model_name(model)) %}
{%- for name, variant in meta.variants.items() if variant.get('denominator') %}
select
    period_grain,
    period_start,
    dimension,
    dimension_value,
    '{{ name }}' as variant,
    {{ name }} as value,
    cast({{ variant.numerator }} as double) as numerator,
    cast({{ variant.denominator }} as double) as denominator
from {{ model }}
where
    abs(
        {{ name }}
        - {{ variant.get('scale', 1) }}
        * {{ safe_ratio(variant.numerator, variant.denominator) }}
    ) > 1e-9 * greatest(abs({{ name }}), 1)
    or ({{ name }} is not null and {{ variant.denominator }} = 0)
    {%- if not variant.get('flags') %}
    or ({{ name }} is null and {{ variant.numerator }} is not null and {{ variant.denominator }} != 0)
    {%- endif %}
{{ 'union all' if not loop.last }}
{%- else %}
select 1 as no_ratio_to_check where false
{%- endfor %}
{% endtest %}
