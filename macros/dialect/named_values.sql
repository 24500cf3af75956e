{#- Several values as one, each read back by its name. values: an expression by name. -#}
{% macro named_values(values) -%}
    {%- if target.type == 'spark' -%}
    named_struct({% for name, value in values.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
    struct_pack({% for name, value in values.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}
