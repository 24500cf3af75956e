{#- The first of a list of moments at or after another moment; null if there is none, or no moment. -#}
{% macro first_moment_from(moments, moment) -%}
    list_min(list_filter({{ moments }}, lambda item: item >= {{ moment }}))
{%- endmacro %}
