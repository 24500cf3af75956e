{#- Days from the business date of one UTC timestamp to that of another; weekends count. -#}
{% macro dates_between(from_timestamp, to_timestamp) -%}
    {{ days_between(reporting_date(from_timestamp), reporting_date(to_timestamp)) }}
{%- endmacro %}
