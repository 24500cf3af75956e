{#- Text that a user wrote, as a SQL literal. -#}
{% macro sql_literal(text) -%}
    {%- set text = text | replace('\\', '\\\\') if target.type == 'spark' else text -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{#- A path as a literal for functions that take patterns: `*`, `?` and `[` stand for themselves. -#}
{% macro path_literal(path) -%}
    {{ sql_literal(modules.re.sub('([*?\\[])', '[\\1]', path)) }}
{%- endmacro %}
