{#- A raw table as the landing contract describes it: every contract column as text, null where it
    was not delivered, and the delivered row as JSON in `raw_row`. One row per delivered row. -#}
{% macro landing_view(table_name) %}
    {%- set relation = ref('raw_' ~ table_name) -%}
    {%- set delivered = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do delivered.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set contract = landing_contract()[table_name] %}

select
    {%- for name in (contract.columns | list) + (contract.common | list) %}
    {% if name in delivered -%}
    cast(delivered.{{ adapter.quote(name) }} as varchar) as {{ name }},
    {%- else -%}
    cast(null as varchar) as {{ name }},
    {%- endif -%}
    {%- endfor %}
    cast(to_json(delivered) as varchar) as raw_row
from {{ relation }} as delivered
{% endmacro %}
