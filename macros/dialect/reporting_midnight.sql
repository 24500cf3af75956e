{#- The UTC timestamp at which a business date begins in `reporting_timezone`. -#}
{% macro reporting_midnight(date_sql) -%}
    {%- if target.type == 'spark' -%}
    to_utc_timestamp(cast({{ date_sql }} as timestamp), '{{ var("reporting_timezone") }}')
    {%- else -%}
    (cast({{ date_sql }} as timestamp) at time zone '{{ var("reporting_timezone") }}')
    at time zone 'UTC'
    {%- endif -%}
{%- endmacro %}
