-- A model that checks a raw table against others keeps each row that staging accepted, whatever it
-- decides: none is lost in a join, none comes out twice.
with checked as (
    {%- for model in checked_models() if model.table == model.raw_table %}
    select
        '{{ model.table }}' as table_name,
        count(*) as checked_rows
    from {{ ref(model.model) }}
    union all
    {%- endfor %}
    select
        cast(null as string) as table_name,
        cast(null as bigint) as checked_rows
    where false
),

accepted as (
    {%- for model in checked_models() if model.table == model.raw_table %}
    select
        '{{ model.table }}' as table_name,
        count(*) as accepted_rows
    from {{ ref('stg_contract__' ~ model.table) }}
    union all
    {%- endfor %}
    select
        cast(null as string) as table_name,
        cast(null as bigint) as accepted_rows
    where false
)

select
    checked.table_name,
    checked.checked_rows,
    accepted.accepted_rows
from checked
inner join accepted on checked.table_name = accepted.table_name
where checked.checked_rows != accepted.accepted_rows
