{#- The business date of a UTC timestamp: its date in `reporting_timezone`. Null stays null. -#}
{% macro reporting_date(timestamp_sql) -%}
    {%- if target.type == 'spark' -%}
    cast(from_utc_timestamp({{ timestamp_sql }}, '{{ var("reporting_timezone") }}') as date)
    {%- else -%}
    cast(
        ({{ timestamp_sql }} at time zone 'UTC') at time zone '{{ var("reporting_timezone") }}'
        as date
    )
    {%- endif -%}
{%- endmacro %}
