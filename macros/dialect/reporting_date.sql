{#- The business date of a UTC timestamp: its date in `reporting_timezone`. Null stays null. -#}
{% macro reporting_date(timestamp_sql) -%}
    cast(
        ({{ timestamp_sql }} at time zone 'UTC') at time zone '{{ var("reporting_timezone") }}'
        as date
    )
{%- endmacro %}
