{#- A query of one's own accounts, whose rows count nowhere: one row each, account_id. -#}
{% macro internal_accounts() -%}
select distinct account_id
from {{ ref('int_identity__companies') }}
where is_internal
{%- endmacro %}
