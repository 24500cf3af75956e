{#- A text from YAML as a SQL literal; a null of type text for none or an empty one. -#}
{% macro quoted(text) -%}
    {%- if text is none or text is undefined or text | string | trim == '' -%}
    cast(null as string)
    {%- else -%}
    '{{ text | string | trim | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
