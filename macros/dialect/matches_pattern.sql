{#- True if the regular expression is found anywhere in the text. -#}
{% macro matches_pattern(text_sql, pattern_sql) -%}
    regexp_matches({{ text_sql }}, {{ pattern_sql }})
{%- endmacro %}
