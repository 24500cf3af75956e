{#- True if the regular expression is found anywhere in the text. -#}
{% macro matches_pattern(text_sql, pattern_sql) -%}
    {%- if target.type == 'spark' -%}
    ({{ text_sql }} rlike {{ pattern_literal(pattern_sql) }})
    {%- else -%}
    regexp_matches({{ text_sql }}, {{ pattern_sql }})
    {%- endif -%}
{%- endmacro %}
