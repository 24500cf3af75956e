{#- Text without white space around it (blanks, tabs, line ends, no-break spaces); null if nothing
    is left. -#}
{% macro trimmed_text(text_sql) -%}
    nullif(trim({{ text_sql }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')
{%- endmacro %}
