{#- Columns of a row as a JSON text. -#}
{% macro columns_as_json(names, alias) -%}
    cast(json_object(
        {%- for name in names %}
        '{{ name }}', cast({{ alias }}.{{ name }} as varchar){{ ',' if not loop.last }}
        {%- endfor %}
    ) as varchar)
{%- endmacro %}
