{#- A raw table as the landing contract describes it: every contract column as text, null where it
    was not delivered, and the delivered row as JSON in `raw_row`. One row per delivered row; a
    table that was not delivered has none. Columns the contract doesn't know are in `raw_row` only.
    delivery: what `landing_delivery` says of the table, if it was asked before. -#}
{% macro landing_view(table_name, delivery=none) %}
    {%- set delivery = delivery or landing_delivery(table_name) -%}
    {%- if delivery.problems -%}
        {{ exceptions.raise_compiler_error(delivery.problems | join('\n')) }}
    {%- endif -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set names = (contract.columns | list) + (contract.common | list) -%}
    {%- for reader in delivery.readers %}
select
    {%- for name in names %}
    {% if name in reader.columns -%}
    {% set column = reader.columns[name] -%}
    {{ landing_text('delivered.' ~ adapter.quote(column.name.replace('"', '""')), column.type) }} as {{ name }},
    {%- else -%}
    cast(null as string) as {{ name }},
    {%- endif -%}
    {%- endfor %}
    {{ loaded_moment(reader.columns) | indent(4) }} as loaded_moment,
    {{ row_as_json('delivered') }} as raw_row
from {{ reader.source }}{{ ')' if reader.files }} as delivered
    {%- if not loop.last %}
union all
    {%- endif %}
    {%- else %}
select
    {%- for name in names %}
    cast(null as string) as {{ name }},
    {%- endfor %}
    cast(null as timestamp) as loaded_moment,
    cast(null as string) as raw_row
where false
    {%- endfor %}
{% endmacro %}

{#- When a delivered row was loaded, as a moment: a typed column stays as it is, so that the engine can
    pass over the parts of a Parquet file that are older than what it looks for. -#}
{% macro loaded_moment(columns) -%}
{%- if 'loaded_at' not in columns -%}
cast(null as timestamp)
{%- else -%}
{%- set column = columns['loaded_at'] -%}
{%- set name = 'delivered.' ~ adapter.quote(column.name.replace('"', '""')) -%}
{{ name if column.type == 'TIMESTAMP'
    else parse_value(trimmed_text(landing_text(name, column.type)), 'timestamp') }}
{%- endif -%}
{%- endmacro %}
