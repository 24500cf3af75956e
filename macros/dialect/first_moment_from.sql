{#- The first of a list of moments at or after another moment; the first of all if that is null. -#}
{% macro first_moment_from(moments, moment) -%}
    list_min(
        case
            when {{ moment }} is null then {{ moments }}
            else list_filter({{ moments }}, lambda item: item >= {{ moment }})
        end
    )
{%- endmacro %}
