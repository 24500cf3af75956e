{#- Every raw table and column of the contract with whether it was delivered. One row per table
    (column_name null) and per column of it, the common ones included.
    deliveries: table to what `landing_delivery` says of it, if it was asked before. -#}
{% macro landing_availability(deliveries={}) %}
    {%- set rows = [] -%}
    {%- for table_name, contract in landing_contract().items() -%}
        {#- The views are named so that this runs after what they read is there. Not once it runs: a
            command that asks the same is in no group, and may not read them. -#}
        {%- if not execute -%}
            {%- set view = ref('landing__' ~ table_name) -%}
        {%- endif -%}
        {%- set delivered = delivered_names(
            deliveries.get(table_name) or landing_delivery(table_name)
        ) -%}
        {%- set has_table = delivered is not none -%}
        {%- do rows.append([table_name, none, contract.is_required, has_table]) -%}
        {%- for own in (contract.columns, contract.common) -%}
            {%- for name, column in own.items() -%}
                {%- do rows.append([
                    table_name, name, is_required_column(column), has_table and name in delivered
                ]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor %}
select
    table_name,
    column_name,
    is_required,
    is_delivered
from (
    values
    {%- for row in rows %}
    (
        '{{ row[0] }}',
        {{ "'" ~ row[1] ~ "'" if row[1] else 'cast(null as string)' }},
        {{ row[2] | lower }},
        {{ row[3] | lower }}
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as contract (table_name, column_name, is_required, is_delivered)
{% endmacro %}

{#- The names delivered for a table by any of its readers; none if the table is missing. -#}
{% macro delivered_names(delivery) %}
    {%- set names = [] -%}
    {%- for reader in delivery.readers -%}
        {%- do names.extend(reader.columns.keys()) -%}
    {%- endfor -%}
    {{ return(names if delivery.readers else none) }}
{% endmacro %}

{#- Whether a delivered table must have the column: no default can stand in for it. -#}
{% macro is_required_column(column) %}
    {{ return(column.need in ('key', 'required') and column.default is not defined) }}
{% endmacro %}
