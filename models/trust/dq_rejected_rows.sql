-- Both shelves in one: rows refused or superseded in staging, and rows that a rule across tables
-- refused later.
with staging_shelf as (
    {%- for table_name, contract in landing_contract().items() %}
    {%- set keys = [] %}
    {%- for name, column in contract.columns.items() if column.need in ('key', 'optional_key') %}
    {%- do keys.append('cast(shelf_rows.' ~ name ~ ' as string)') %}
    {%- endfor %}
    select
        '{{ table_name }}' as table_name,
        shelf_rows.source_name,
        concat_ws(' | ', {{ keys | join(', ') }}) as row_key,
        shelf_rows.row_status,
        'staging' as shelf,
        shelf_rows.reject_reason,
        {{ row_date(table_name, 'shelf_rows') | indent(8) }} as event_date,
        {{ row_money(table_name, 'shelf_rows') | indent(8) }} as amount,
        shelf_rows.raw_row,
        shelf_rows.row_hash
    from {{ ref('base_contract__' ~ table_name) }} as shelf_rows
    where shelf_rows.row_status != 'accepted'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_later as (
    {%- for checked in checked_models() %}
    select
        checked_rows.table_name,
        '{{ checked.raw_table }}' as raw_table,
        checked_rows.source_name,
        checked_rows.row_key,
        checked_rows.reject_reason,
        checked_rows.row_hash
    from {{ ref(checked.model) }} as checked_rows
    where checked_rows.reject_reason is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- On its own shelf a row rejected later is a good one, which keeps no raw row. So what it was is read
-- from landing again: all rows of its hash, less those that the shelf keeps.
landed as (
    {%- for table_name in checked_models() | map(attribute='raw_table') | unique %}
    select
        '{{ table_name }}' as raw_table,
        coalesce({{ trimmed_text('source_name') }}, 'default') as source_name,
        {{ row_hash(table_name) | indent(8) }} as row_hash,
        raw_row
    from {{ ref('landing__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

good_rows as (
    select
        landed.raw_table,
        landed.source_name,
        landed.row_hash,
        landed.raw_row
    from landed
    where exists (
        select 1
        from rejected_later
        where
            rejected_later.raw_table = landed.raw_table
            and rejected_later.source_name = landed.source_name
            and rejected_later.row_hash = landed.row_hash
    )
    except all
    select
        table_name as raw_table,
        source_name,
        row_hash,
        raw_row
    from staging_shelf
),

good_content as (
    {%- for table_name in checked_models() | map(attribute='raw_table') | unique %}
    select
        '{{ table_name }}' as raw_table,
        shelf_rows.source_name,
        shelf_rows.row_hash,
        {{ row_date(table_name, 'shelf_rows') | indent(8) }} as event_date,
        {{ row_money(table_name, 'shelf_rows') | indent(8) }} as amount
    from {{ ref('base_contract__' ~ table_name) }} as shelf_rows
    where shelf_rows.row_status = 'accepted'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

checked_shelf as (
    select
        rejected_later.table_name,
        rejected_later.source_name,
        rejected_later.row_key,
        'rejected' as row_status,
        'checked' as shelf,
        rejected_later.reject_reason,
        good_content.event_date,
        good_content.amount,
        -- A link that was written by hand stands in no raw table.
        coalesce(
            good_rows.raw_row, {{ columns_as_json(['row_key'], 'rejected_later') | indent(12) }}
        ) as raw_row,
        rejected_later.row_hash
    from rejected_later
    left join good_content
        on
            rejected_later.raw_table = good_content.raw_table
            and rejected_later.source_name = good_content.source_name
            and rejected_later.row_hash = good_content.row_hash
    left join good_rows
        on
            rejected_later.raw_table = good_rows.raw_table
            and rejected_later.source_name = good_rows.source_name
            and rejected_later.row_hash = good_rows.row_hash
),

unioned as (
    select * from staging_shelf
    union all
    select * from checked_shelf
),

final as (
    select
        *,
        '{{ invocation_id }}' as build_id
    from unioned
)

select * from final
