{#- One hash for a set of rows, each given as a text: the same in whatever order the rows come; a row
    that comes twice counts twice. An aggregate. Both halves of each row's md5 are added up. -#}
{% macro rows_hash(text_sql) -%}
    md5(concat_ws(
        ' ',
        count(*),
        coalesce(sum(cast(md5_number_lower({{ text_sql }}) as hugeint)), 0),
        coalesce(sum(cast(md5_number_upper({{ text_sql }}) as hugeint)), 0)
    ))
{%- endmacro %}
