{#- How many bytes a file has. -#}
{% macro file_bytes(path) -%}
    (select size from read_blob({{ path_literal(path) }}))
{%- endmacro %}
