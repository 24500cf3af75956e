{#- The raw files as they were when a run had checked them. A file that is written again while it is
    read may be half old and half new, and its columns may have other places than were checked. -#}
{% macro remember_landed_files() %}
    {%- if execute and var('landing') == 'files' and flags.WHICH == 'build' -%}
        {%- do adapter.create_schema(api.Relation.create(
            database=target.database or none, schema='trust'
        )) -%}
        {%- do replace_table(build_relation('landed_files'), landed_files_sql()) -%}
    {%- endif -%}
{% endmacro %}

{#- Stops with one line per raw file that is not any more what it was then. -#}
{% macro check_landed_files() %}
    {%- if var('landing') == 'files' -%}
        {%- set query -%}
            select files.path
            from {{ build_relation('landed_files') }} as files
            left join ({{ landed_files_sql() }}) as files_now
                on
                    files.path = files_now.path
                    and files.bytes = files_now.bytes
                    and files.modified_at = files_now.modified_at
            where files_now.path is null
            order by files.path
        {%- endset -%}
        {%- set problems = [] -%}
        {%- for row in run_query(query).rows -%}
            {%- do problems.append(row[0] ~ " was changed or removed while it was read: build again"
                ~ " when the loader has ended. See docs/landing_contract.md.") -%}
        {%- endfor -%}
        {%- do run_query('drop table ' ~ build_relation('landed_files')) -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(problems | join('\n')) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Path, bytes and moment of the last change of each raw file. -#}
{% macro landed_files_sql() -%}
    {%- set paths = [] -%}
    {%- for files in landing_files().tables.values() -%}
        {%- do paths.extend(files | map(attribute='path')) -%}
    {%- endfor -%}
    {%- if paths and target.type == 'spark' -%}
    {%- do spark_files_below(var('landing_path')) -%}
    select {{ spark_path('path') }} as path, length as bytes, modificationTime as modified_at
    from files_below
    {%- elif paths -%}
    select filename as path, size as bytes, last_modified as modified_at
    from read_blob([{{ path_list(paths) }}])
    {%- else -%}
    select null as path, null as bytes, null as modified_at where false
    {%- endif -%}
{%- endmacro %}
