{#- The first of a list of moments at or after another moment; null if there is none, or no moment. -#}
{% macro first_moment_from(moments, moment) -%}
    {%- if target.type == 'spark' -%}
    array_min(filter({{ moments }}, item -> item >= {{ moment }}))
    {%- else -%}
    list_min(list_filter({{ moments }}, lambda item: item >= {{ moment }}))
    {%- endif -%}
{%- endmacro %}
