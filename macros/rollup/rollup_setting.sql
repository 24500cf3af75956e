{#- The grains (a list) or dimensions (a mapping of name to its settings) of the running KPI model:
    those of its YAML, or of the variable rollup_<name>. -#}
{% macro rollup_setting(name) %}
    {%- set asked = var('rollup_' ~ name) -%}
    {%- if asked is none and execute and model.resource_type == 'unit_test' -%}
        {{ exceptions.raise_compiler_error(
            "Unit test " ~ model.name ~ " needs `overrides: vars: rollup_" ~ name ~ "`: "
            ~ "the YAML of the model cannot be read in a unit test."
        ) }}
    {%- endif -%}
    {%- set setting = asked if asked is not none
        else (model.config.meta[name] if execute else []) -%}
    {%- if name == 'dimensions' and setting is not mapping -%}
        {%- set mapped = {} -%}
        {%- for dimension in setting -%}
            {%- do mapped.update({dimension: {'path': 'own'}}) -%}
        {%- endfor -%}
        {{ return(mapped) }}
    {%- endif -%}
    {{ return(setting) }}
{% endmacro %}

{#- Names of the dimensions whose empty cells are left out. -#}
{% macro sparse_dimensions(dimensions) %}
    {%- set names = [] -%}
    {%- for name, dimension in dimensions.items() if dimension.is_sparse -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
