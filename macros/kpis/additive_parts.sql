{#- Names of the parts of a KPI that add up over the members of its dimensions. -#}
{% macro additive_parts(meta) %}
    {%- set names = [] -%}
    {%- for name, part in meta.parts.items() if part.over_members == 'additive' -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
