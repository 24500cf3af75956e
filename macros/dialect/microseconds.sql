{#- Microseconds of a timestamp since 1970, as a bigint. Null stays null. -#}
{% macro microseconds(timestamp_sql) -%}
    {%- if target.type == 'spark' -%}
    unix_micros(cast({{ timestamp_sql }} as timestamp))
    {%- else -%}
    epoch_us({{ timestamp_sql }})
    {%- endif -%}
{%- endmacro %}
