{#- The UTC timestamp at which a business date begins in `reporting_timezone`. -#}
{% macro reporting_midnight(date_sql) -%}
    (cast({{ date_sql }} as timestamp) at time zone '{{ var("reporting_timezone") }}')
    at time zone 'UTC'
{%- endmacro %}
