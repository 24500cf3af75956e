-- Hashed from the base shelf, which holds every landed row whatever became of it.
{%- set files = landing_input_files() %}
with row_texts as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        concat_ws(
            chr(31),
            row_hash,
            source_name,
            coalesce(cast(source_updated_at as string), ''),
            coalesce(cast(loaded_at as string), ''),
            cast(is_deleted as string)
        ) as row_text
    from {{ ref('base_contract__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

hashed as (
    select
        table_name,
        count(*) as rows_landed,
        {{ rows_hash('row_text') | indent(8) }} as content_hash
    from row_texts
    group by table_name
),

input_files as (
    {%- for table_name, named in files.items() %}
    {%- for file in named %}
    select
        '{{ table_name }}' as table_name,
        {{ sql_literal(file.name) }} as file_name,
        {{ file_bytes(file.path) }} as file_bytes
    union all
    {%- endfor %}
    {%- endfor %}
    select
        cast(null as string) as table_name,
        cast(null as string) as file_name,
        cast(null as bigint) as file_bytes
    where false
),

files_by_table as (
    select
        table_name,
        {{ joined_texts('file_name', "', '", 'file_name') }} as file_names,
        sum(file_bytes) as file_bytes
    from input_files
    group by table_name
),

final as (
    select
        availability.table_name,
        availability.is_delivered,
        cast(coalesce(hashed.rows_landed, 0) as bigint) as rows_landed,
        hashed.content_hash,
        files_by_table.file_names,
        cast(files_by_table.file_bytes as bigint) as file_bytes
    from {{ ref('int_landing__availability') }} as availability
    left join hashed on availability.table_name = hashed.table_name
    left join files_by_table on availability.table_name = files_by_table.table_name
    where availability.column_name is null
)

select * from final
