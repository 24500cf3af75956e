{#- How many bytes a file has. -#}
{% macro file_bytes(path) -%}
    {{ '(select length from binaryFile.`' ~ path ~ '`)' if target.type == 'spark'
        else '(select size from read_blob(' ~ path_literal(path) ~ '))' }}
{%- endmacro %}
