{#- Landed rows with typed columns and the first rule they break. -#}
{% macro judged_rows(table_name, landed) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set columns = dict(contract.columns, **contract.common) -%}
    {%- set rules = base_rules(table_name) -%}
with landed as (
    {{ trimmed_rows(table_name, landed) | indent(4) }}
),

parsed as (
    select
        {%- for name, column in columns.items() %}
        {{ parsed_column(name, column) | indent(8) }} as {{ name }},
        {%- if column.type != 'text' %}
        {{ name }} as {{ name }}_text,
        {%- endif %}
        {%- endfor %}
        {{ row_hash(table_name, is_trimmed=true) | indent(8) }} as row_hash,
        raw_row
    from landed
),

typed as (
    select
        {%- for name, column in columns.items() %}
        {{ with_default(name, column) }} as {{ name }},
        {%- endfor %}
        row_hash,
        case
            {%- for rule in rules if rule.rule == 'unparsable_<column>' %}
            when {{ rule.when }} then '{{ rule.reason }}'
            {%- endfor %}
        end as parse_failure,
        raw_row
    from parsed
),

judged as (
    select
        *,
        case
            when parse_failure is not null then parse_failure
            {%- for rule in rules if rule.rule != 'unparsable_<column>' %}
            when {{ rule.when }} then '{{ rule.reason }}'
            {%- endfor %}
        end as reject_reason
    from typed
)

select *
from judged
{%- endmacro %}

{#- Landed rows without white space around their values. -#}
{% macro trimmed_rows(table_name, landed) -%}
    {%- set contract = landing_contract()[table_name] -%}
select
    {%- for name in (contract.columns | list) + (contract.common | list) %}
    {{ trimmed_text(name) }} as {{ name }},
    {%- endfor %}
    raw_row
from {{ landed }}
{%- endmacro %}

{#- Whether a trimmed text is there and not of that type. -#}
{% macro is_unparsable(text_sql, contract_type) -%}
    {{ text_sql }} is not null and ({{ parse_value(text_sql, contract_type) }}) is null
{%- endmacro %}
