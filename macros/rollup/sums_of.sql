{#- Sums of measures, and the number of rows that were summed if `row_count` says how they are counted. -#}
{% macro sums_of(measures, row_count=none) -%}
{%- for measure in measures -%}
sum({{ measure }}) as {{ measure }}{{ ',' if row_count or not loop.last }}
{% endfor -%}
{%- if row_count -%}
{{ row_count }} as row_count
{%- endif -%}
{%- endmacro %}
