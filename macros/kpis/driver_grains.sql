{#- Grains in which changes are split and variants bridged, as a list of SQL literals. -#}
{% macro driver_grains() -%}
    '{{ var('driver_grains') | join("', '") }}'
{%- endmacro %}
