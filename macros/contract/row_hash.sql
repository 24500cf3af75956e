{#- md5 of the trimmed text of a raw table's contract columns in their order: the same content gives
    the same hash, whatever the common columns hold. Over landed text, in which the columns bear
    their names; `is_trimmed` says that this was done before. -#}
{% macro row_hash(table_name, is_trimmed=false) -%}
    md5(concat_ws(
        chr(31)
        {%- for name in landing_contract()[table_name].columns %},
        coalesce({{ name if is_trimmed else trimmed_text(name) }}, '')
        {%- endfor %}
    ))
{%- endmacro %}
