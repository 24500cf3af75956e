{#- Dimensions of a KPI over which a variant adds up: a sum itself, a ratio in its numerator and its
    denominator. None for a statistic. -#}
{% macro additive_dimensions(meta, variant_name) %}
    {%- set variant = meta.variants[variant_name] -%}
    {%- set columns = [variant.numerator, variant.denominator] if variant.denominator
        else [variant_name] -%}
    {%- set names = [] -%}
    {%- for dimension in meta.dimensions if not variant.is_statistic -%}
        {%- set overlapping = [] -%}
        {%- for column in columns -%}
            {%- set part = meta.parts.get(column) or meta.variants.get(column) or {} -%}
            {%- if part.get('over_members', 'additive') != 'additive'
                or dimension in part.get('not_by', []) + part.get('distinct_by', []) -%}
                {%- do overlapping.append(column) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not overlapping -%}
            {%- do names.append(dimension) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
