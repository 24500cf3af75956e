{#- How the base shelf of a raw table is kept: in increments, if the raw table is declared to only
    grow. -#}
{% macro landed_in_increments(table_name) -%}
    {%- if only_grows(table_name) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='replace_units',
        on_schema_change='ignore',
        meta={'event_time': 'loaded_at'},
        pre_hook=['{{ keep_newly_landed() }}', '{{ find_changed_keys() }}'],
        post_hook='{{ remember_whole_build() }}'
    ) }}
    {%- endif -%}
{%- endmacro %}


{#- The landed rows that the base shelf of a raw table is made of. Where the raw table is declared to
    only grow (variable `append_or_update`), an incremental build reads the rows loaded since the last
    one, and all rows of the keys that these have and that had rows before; a unit is a key. -#}
{% macro landed_rows(table_name) -%}
    {%- set landed = ref('landing__' ~ table_name) -%}
    {%- if replaces_units() -%}
    (
        {{ landed_rows_of_changed_keys(table_name, newly_landed_table(), 'not changed.has_earlier_rows') }}
        union all
        {{ landed_rows_of_changed_keys(table_name, landed, 'changed.has_earlier_rows') }}
    )
    {%- else -%}
    {{ landed }}
    {%- endif -%}
{%- endmacro %}


{% macro landed_rows_of_changed_keys(table_name, landed, condition) -%}
        select landed.*
        from {{ landed }} as landed
        inner join {{ changed_units_table() }} as changed
            on
                {{ condition }}
                {%- for name, typed_sql in landed_key(table_name, 'landed').items() %}
                and {{ typed_sql }} is not distinct from changed.{{ name }}
                {%- endfor %}
{%- endmacro %}


{#- Pre-hooks of the base shelf: the newly landed rows, and their keys. The rows are kept since it takes
    long to find them: of each landed row the moment is read, often from a text. -#}
{% macro keep_newly_landed() %}
    {%- if replaces_units() -%}
    {%- set newly_landed -%}
    select *
    from {{ builtins.ref('landing__' ~ model.name.split('__')[1]) }} as landed
    where {{ is_newly_landed() }}
    {%- endset -%}
    {{ keep_for_this_build(newly_landed_table(), newly_landed) }}
    {%- endif -%}
{% endmacro %}


{% macro find_changed_keys() %}
    {%- set table_name = model.name.split('__')[1] -%}
    {%- if replaces_units() -%}
    {%- set query %}
    with newly_landed as (
        select distinct
            {%- for name, typed_sql in landed_key(table_name, 'landed').items() %}
            {{ typed_sql }} as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ newly_landed_table() }} as landed
    )

    select
        changed.*,
        exists (
            select 1
            from {{ this }} as held
            where {{ same_unit('held', 'changed') }}
        ) as has_earlier_rows
    from newly_landed as changed
    {%- endset -%}
    {{ keep_changed_units(query) }}
    {%- endif -%}
{% endmacro %}


{#- Name of the table of the rows of a raw table that this build reads for the first time. -#}
{% macro newly_landed_table() -%}
    {{ 'state.' if target.type == 'spark' }}newly_landed_of__{{ model.name }}
{%- endmacro %}


{#- Whether a landed row may be newer than the base shelf: rows of the last moment are read again, since
    further ones of that moment may follow, and so are rows that do not say when they were loaded. Of
    several sources the one that is furthest behind counts. The moment stands in the query as it is,
    so that of Parquet files only those parts are read that have newer rows. -#}
{% macro is_newly_landed() -%}
    {%- set moment = run_query(last_loaded()).rows[0][0] -%}
    {%- if moment is none -%}
    true
    {%- else -%}
    (loaded_moment >= cast('{{ moment }}' as timestamp) or loaded_moment is null)
    {%- endif -%}
{%- endmacro %}


{#- The moment up to which the raw table of a base shelf was read, by the rows that it holds: a query. -#}
{% macro last_loaded() -%}
    select min(last_loaded_at) as last_loaded_at
    from (
        select max(loaded_at) as last_loaded_at
        from {{ this }}
        where row_status != 'rejected'
        group by source_name
    ) as sources
{%- endmacro %}


{#- The key of a landed row, as the base shelf has it: name of each column to its SQL. -#}
{% macro landed_key(table_name, alias) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set columns = dict(contract.columns, **contract.common) -%}
    {%- set key = {} -%}
    {%- for name in landing_keys(table_name) -%}
        {%- do key.update({name: typed_column(trimmed_text(alias ~ '.' ~ name), columns[name])}) -%}
    {%- endfor -%}
    {{ return(key) }}
{% endmacro %}


{#- Whether the rows of a raw table, once landed, stay as they are: a change comes as another row. -#}
{% macro only_grows(table_name) %}
    {%- set declared = var('append_or_update') -%}
    {%- if declared == 'all' -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set names = [declared] if declared is string else declared -%}
    {%- for name in names if name not in landing_contract() -%}
        {{ exceptions.raise_compiler_error(
            "The variable append_or_update names '" ~ name ~ "', which is no raw table: give a list of"
            ~ " tables of docs/landing_contract.md, or all. See docs/incremental.md."
        ) }}
    {%- endfor -%}
    {{ return(table_name in names) }}
{% endmacro %}
