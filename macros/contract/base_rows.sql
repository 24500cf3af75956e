{#- The base shelf of a raw table: every landed row with typed columns and its fate.

    Grain: one row per landed row.
    Columns: those of the contract, typed, with defaults; `row_hash` (md5 of the trimmed text of
    the contract columns in their order); `row_status` (`accepted`, `rejected`, `superseded`);
    `reject_reason` (the first rule that failed, or why the row is superseded; null if accepted);
    `raw_row` (the delivered row as JSON, kept for rows that are not accepted).

    Of the rules (macro base_rules) the first that fails is the reason.

    Nearly every row is the only one of its key: it is judged as it is read, and never sorted. Only the
    rows of keys that several rows have, which a scan of the keys finds, are ranked.

    Of several good rows with one key the newest `source_updated_at` is accepted, then the newest
    `loaded_at`, then the smallest hash. The others are `exact_duplicate` (same hash as the
    accepted row), `conflicting_version` (equally new, another content) or `superseded_version`.

    landed: where the landed rows are, if not in the table's landing view (macro landed_rows). -#}
{% macro base_rows(table_name, landed=none) %}
    {%- if not landed -%}
        {{ landed_in_increments(table_name) }}
        {%- set landed = landed_rows(table_name) -%}
    {%- endif -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set columns = dict(contract.columns, **contract.common) -%}
    {%- set keys = landing_keys(table_name) -%}
with repeated_keys as (
    select
        {%- for name in keys %}
        {{ typed_column(trimmed_text(name), columns[name]) | indent(8) }} as {{ name }},
        {%- endfor %}
        count(*) as versions
    from {{ landed }}
    group by {{ range(1, (keys | length) + 1) | join(', ') }}
    having count(*) > 1
),

judged as (
    {{ judged_rows(table_name, landed) | indent(4) }}
),

marked as (
    select
        {{ columns_except(['raw_row'], 'judged') }},
        repeated_keys.versions is not null and judged.reject_reason is null as has_versions,
        case
            when repeated_keys.versions is not null or judged.reject_reason is not null
                then judged.raw_row
        end as raw_row
    from judged
    left join repeated_keys
        on
            {%- for name in keys %}
            judged.{{ name }} is not distinct from repeated_keys.{{ name }}
            {{- ' and' if not loop.last }}
            {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over newest_first as version_rank,
        first_value(row_hash) over newest_first as accepted_hash,
        first_value(source_updated_at) over newest_first as accepted_updated_at,
        first_value(loaded_at) over newest_first as accepted_loaded_at
    from marked
    where has_versions
    window
        newest_first as (
            partition by {{ keys | join(', ') }}
            order by source_updated_at desc nulls last, loaded_at desc nulls last, row_hash, is_deleted
        )
),

decided as (
    select
        {{ columns_except(['reject_reason']) }},
        case when reject_reason is not null then 'rejected' else 'accepted' end as row_status,
        reject_reason
    from marked
    where not has_versions
    union all
    select
        {{ columns_except([
            'reject_reason', 'version_rank', 'accepted_hash', 'accepted_updated_at',
            'accepted_loaded_at',
        ]) }},
        case when version_rank = 1 then 'accepted' else 'superseded' end as row_status,
        case
            when version_rank = 1 then null
            when row_hash = accepted_hash then 'exact_duplicate'
            when
                source_updated_at is not distinct from accepted_updated_at
                and loaded_at is not distinct from accepted_loaded_at
                then 'conflicting_version'
            else 'superseded_version'
        end as reject_reason
    from ranked
)

select
    {%- for name in columns %}
    {{ name }},
    {%- endfor %}
    row_hash,
    row_status,
    reject_reason,
    case when row_status != 'accepted' then raw_row end as raw_row
from decided
{% endmacro %}

{#- Columns that say which row it is: the source and the key of the contract. -#}
{% macro landing_keys(table_name) %}
    {%- set keys = ['source_name'] -%}
    {%- for name, column in landing_contract()[table_name].columns.items()
        if column.need in ('key', 'optional_key') -%}
        {%- do keys.append(name) -%}
    {%- endfor -%}
    {{ return(keys) }}
{% endmacro %}
