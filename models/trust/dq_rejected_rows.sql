-- Both shelves in one: rows refused or superseded in staging, and rows that a rule across tables
-- refused later. A later one is still a good row in staging, so its content is read from there.
with staging_shelf as (
    {%- for table_name, contract in landing_contract().items() %}
    {%- set keys = [] %}
    {%- for name, column in contract.columns.items() if column.need in ('key', 'optional_key') %}
    {%- do keys.append('cast(' ~ name ~ ' as varchar)') %}
    {%- endfor %}
    select
        '{{ table_name }}' as table_name,
        source_name,
        concat_ws(' | ', {{ keys | join(', ') }}) as row_key,
        row_status,
        'staging' as shelf,
        reject_reason,
        {{ row_money(table_name) }} as amount,
        raw_row,
        row_hash
    from {{ ref('base_contract__' ~ table_name) }}
    where row_status != 'accepted'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

checked_shelf as (
    {%- for model_name in checked_models() %}
    {%- set table_name = model_name[4:-9] %}
    {%- set contract = landing_contract().get(table_name) %}
    select
        checked_rows.table_name,
        checked_rows.source_name,
        checked_rows.row_key,
        'rejected' as row_status,
        'checked' as shelf,
        checked_rows.reject_reason,
        {%- if contract %}
        base_rows.amount,
        base_rows.raw_row,
        {%- else %}
        cast(null as decimal(38, 8)) as amount,
        cast(null as varchar) as raw_row,
        {%- endif %}
        checked_rows.row_hash
    from {{ ref(model_name) }} as checked_rows
    {%- if contract %}
    left join (
        select
            source_name,
            row_hash,
            {{ row_money(table_name) }} as amount,
            {{ columns_as_json(contract.columns | list, 'delivered') | indent(12) }} as raw_row
        from {{ ref('base_contract__' ~ table_name) }} as delivered
        where row_status = 'accepted'
    ) as base_rows
        on
            checked_rows.source_name = base_rows.source_name
            and checked_rows.row_hash = base_rows.row_hash
    {%- endif %}
    where checked_rows.reject_reason is not null
    union all
    {%- endfor %}
    select
        cast(null as varchar) as table_name,
        cast(null as varchar) as source_name,
        cast(null as varchar) as row_key,
        cast(null as varchar) as row_status,
        cast(null as varchar) as shelf,
        cast(null as varchar) as reject_reason,
        cast(null as decimal(38, 8)) as amount,
        cast(null as varchar) as raw_row,
        cast(null as varchar) as row_hash
    where false
),

final as (
    select * from staging_shelf
    union all
    select * from checked_shelf
)

select * from final
