{#- A regular expression, a literal or an expression, as Spark reads it: Java has another word for
    white space, and a literal keeps its backslashes only as a raw one. -#}
{% macro pattern_literal(pattern_sql) -%}
    {%- set is_literal = pattern_sql[:1] == "'" -%}
    {{ 'r' if is_literal }}{{ pattern_sql | replace('[:space:]', '\\p{Space}') }}
{%- endmacro %}
