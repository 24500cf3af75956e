{#- Values outside the bounds of their definition, and values that are not a number. -#}
{% test kpi_values_in_bounds(model) %}
{%- set meta = kpi_meta(tested_model_name(model)) %}
{%- for name, variant in meta.variants.items() %}
{%- set bounds = variant.get('bounds', [none, none]) %}
select
    period_grain,
    period_start,
    dimension,
    dimension_value,
    '{{ name }}' as variant,
    cast({{ name }} as double) as value
from {{ model }}
where
    isnan(cast({{ name }} as double))
    or isinf(cast({{ name }} as double))
    {%- if bounds[0] is not none %}
    or {{ name }} < {{ bounds[0] }}
    {%- endif %}
    {%- if bounds[1] is not none %}
    or {{ name }} > {{ bounds[1] }}
    {%- endif %}
{{ 'union all' if not loop.last }}
{%- endfor %}
{% if not execute %}select 1{% endif %}
{% endtest %}
