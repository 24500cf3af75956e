{#- The base shelf of a raw table: every landed row with typed columns and its fate.

    Grain: one row per landed row.
    Columns: those of the contract, typed, with defaults; `row_hash` (md5 of the trimmed text of
    the contract columns in their order); `row_status` (`accepted`, `rejected`, `superseded`);
    `reject_reason` (the first rule that failed, or why the row is superseded; null if accepted);
    `raw_row` (the delivered row as JSON, kept for rows that are not accepted).

    Of the rules (macro base_rules) the first that fails is the reason.

    Of several good rows with one key the newest `source_updated_at` is accepted, then the newest
    `loaded_at`, then the smallest hash. The others are `exact_duplicate` (same hash as the
    accepted row), `conflicting_version` (equally new, another content) or `superseded_version`.

    landed: where the landed rows are, if not in the table's landing view. -#}
{% macro base_rows(table_name, landed=none) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set own = contract.columns -%}
    {%- set columns = {} -%}
    {%- do columns.update(own) -%}
    {%- do columns.update(contract.common) -%}
    {%- set rules = base_rules(table_name) -%}
    {%- set keys = ['source_name'] -%}
    {%- for name, column in own.items() if column.need in ('key', 'optional_key') -%}
        {%- do keys.append(name) -%}
    {%- endfor -%}

with landed as (
    {{ trimmed_rows(table_name, landed or ref('landing__' ~ table_name)) | indent(4) }}
),

parsed as (
    select
        {%- for name, column in columns.items() %}
        {%- if column.type == 'text' and column.letters is defined %}
        {{ column.letters }}({{ name }}) as {{ name }},
        {%- elif column.type == 'text' %}
        {{ name }},
        {%- else %}
        {{ parse_value(name, column.type) | indent(8) }} as {{ name }},
        {%- endif %}
        {%- endfor %}
        {{ row_hash(table_name, is_trimmed=true) | indent(8) }} as row_hash,
        case
            {%- for rule in rules if rule.rule == 'unparsable_<column>' %}
            when {{ rule.when | indent(16) }} then '{{ rule.reason }}'
            {%- endfor %}
        end as parse_failure,
        raw_row
    from landed
),

typed as (
    select
        {%- for name, column in columns.items() %}
        {%- if column.default is defined and column.default is not none %}
        coalesce(
            {{ name }}, cast('{{ column.default }}' as {{ contract_sql_type(column.type) }})
        ) as {{ name }},
        {%- else %}
        {{ name }},
        {%- endif %}
        {%- endfor %}
        row_hash,
        parse_failure,
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
),

ranked as (
    select
        *,
        row_number() over newest_first as version_rank,
        first_value(row_hash) over newest_first as accepted_hash,
        first_value(source_updated_at) over newest_first as accepted_updated_at,
        first_value(loaded_at) over newest_first as accepted_loaded_at
    from judged
    window
        newest_first as (
            partition by reject_reason is null, {{ keys | join(', ') }}
            order by source_updated_at desc nulls last, loaded_at desc nulls last, row_hash, is_deleted
        )
),

decided as (
    select
        * replace (
            case
                when reject_reason is not null then reject_reason
                when version_rank = 1 then null
                when row_hash = accepted_hash then 'exact_duplicate'
                when
                    source_updated_at is not distinct from accepted_updated_at
                    and loaded_at is not distinct from accepted_loaded_at
                    then 'conflicting_version'
                else 'superseded_version'
            end as reject_reason
        ),
        case
            when reject_reason is not null then 'rejected'
            when version_rank = 1 then 'accepted'
            else 'superseded'
        end as row_status
    from ranked
)

select
    {%- for name, column in columns.items() %}
    {{ name }},
    {%- endfor %}
    row_hash,
    row_status,
    reject_reason,
    case when row_status != 'accepted' then raw_row end as raw_row
from decided
{% endmacro %}

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
