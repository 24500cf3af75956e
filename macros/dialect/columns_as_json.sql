{#- Columns of a row as a JSON text. -#}
{% macro columns_as_json(names, alias) -%}
    {%- if target.type == 'spark' -%}
    to_json(named_struct(
        {%- for name in names %}
        '{{ name }}', cast({{ alias }}.{{ name }} as string){{ ',' if not loop.last }}
        {%- endfor %}
    ), map('ignoreNullFields', 'false'))
    {%- else -%}
    cast(json_object(
        {%- for name in names %}
        '{{ name }}', cast({{ alias }}.{{ name }} as string){{ ',' if not loop.last }}
        {%- endfor %}
    ) as string)
    {%- endif -%}
{%- endmacro %}
