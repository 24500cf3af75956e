{#- A window function (`lag`, `last_value`) that passes over rows in which its argument is null; the
    window follows. -#}
{% macro passing_over_nulls(function, argument) -%}
    {{ function }}(
        {{- argument }}{{ ')' if target.type == 'spark' }} ignore nulls{{ ')' if target.type != 'spark' -}}
{%- endmacro %}
