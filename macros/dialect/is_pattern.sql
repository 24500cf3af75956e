{#- True if the whole text is what the regular expression says. -#}
{% macro is_pattern(text_sql, pattern_sql) -%}
    {%- if target.type == 'spark' -%}
    ({{ text_sql }} rlike {{ pattern_literal("'^(?:" ~ pattern_sql[1:-1] ~ ")$'") }})
    {%- else -%}
    regexp_full_match({{ text_sql }}, {{ pattern_sql }})
    {%- endif -%}
{%- endmacro %}
