{#- The business date of a row of a raw table: that of the event the contract names, over the typed
    columns of `alias`; null if it names none, or if the date can't be read. -#}
{% macro row_date(table_name, alias) -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set event = contract.event -%}
    {%- if not event -%}
    cast(null as date)
    {%- elif contract.columns[event].type == 'timestamp' -%}
    {{ reporting_date(alias ~ '.' ~ event) }}
    {%- else -%}
    cast({{ alias }}.{{ event }} as date)
    {%- endif -%}
{%- endmacro %}
