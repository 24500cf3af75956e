{#- A text in which every match of the regular expression is replaced. -#}
{% macro replace_pattern(text_sql, pattern_sql, by_sql="''") -%}
    {%- if target.type == 'spark' -%}
    regexp_replace({{ text_sql }}, {{ pattern_literal(pattern_sql) }}, {{ by_sql }})
    {%- else -%}
    regexp_replace({{ text_sql }}, {{ pattern_sql }}, {{ by_sql }}, 'g')
    {%- endif -%}
{%- endmacro %}
