-- Both shelves in one: rows refused or superseded in staging, and rows that a rule across tables
-- refused later. A later one is still a good row in staging, so its content is read from there.
with staging_shelf as (
    {%- for table_name, contract in landing_contract().items() %}
    {%- set keys = [] %}
    {%- for name, column in contract.columns.items() if column.need in ('key', 'optional_key') %}
    {%- do keys.append('cast(shelf_rows.' ~ name ~ ' as varchar)') %}
    {%- endfor %}
    select
        '{{ table_name }}' as table_name,
        shelf_rows.source_name,
        concat_ws(' | ', {{ keys | join(', ') }}) as row_key,
        shelf_rows.row_status,
        'staging' as shelf,
        shelf_rows.reject_reason,
        {{ row_money(table_name, 'shelf_rows') }} as amount,
        shelf_rows.raw_row,
        shelf_rows.row_hash
    from {{ ref('base_contract__' ~ table_name) }} as shelf_rows
    where shelf_rows.row_status != 'accepted'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A model named after no raw table checks links between the rows of one.
checked_shelf as (
    {%- set linked = {
        'account_parents': 'companies', 'company_links': 'companies', 'contact_links': 'contacts',
        'lead_links': 'leads',
    } %}
    {%- for model_name in checked_models() %}
    {%- set checked_name = model_name[4:-9] %}
    {%- set table_name = linked.get(checked_name, checked_name) %}
    {%- set names = landing_contract()[table_name].columns | list %}
    select
        checked_rows.table_name,
        checked_rows.source_name,
        checked_rows.row_key,
        'rejected' as row_status,
        'checked' as shelf,
        checked_rows.reject_reason,
        {{ row_money(table_name, 'shelf_rows') }} as amount,
        {{ columns_as_json(names, 'shelf_rows') | indent(8) }} as raw_row,
        checked_rows.row_hash
    from {{ ref(model_name) }} as checked_rows
    left join {{ ref('base_contract__' ~ table_name) }} as shelf_rows
        on
            checked_rows.source_name = shelf_rows.source_name
            and checked_rows.row_hash = shelf_rows.row_hash
            and shelf_rows.row_status = 'accepted'
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
