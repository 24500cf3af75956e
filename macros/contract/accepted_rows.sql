{#- The accepted rows of a raw table, with ids that no other source can share.
    Grain: one row per key of the contract. Every `*_id` carries its source (`qualified_id`). -#}
{% macro accepted_rows(table_name) %}
    {%- set contract = landing_contract()[table_name] %}
select
    {%- for name in contract.columns %}
    {% if name.endswith('_id') -%}
    {{ qualified_id(name) }} as {{ name }},
    {%- else -%}
    {{ name }},
    {%- endif -%}
    {%- endfor %}
    {%- for name in contract.common %}
    {{ name }},
    {%- endfor %}
    row_hash
from {{ ref('base_contract__' ~ table_name) }}
where row_status = 'accepted'
{% endmacro %}
