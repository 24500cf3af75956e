-- Landed rows are counted anew from landing, not from the shelf that sorted them.
with landed_money as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        {{ landed_money(table_name) | indent(8) }} as amount
    from {{ ref('landing__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

landed as (
    select
        table_name,
        count(*) as rows_landed,
        sum(amount) as amount_landed
    from landed_money
    group by table_name
),

shelf_money as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        shelf_rows.row_status,
        {{ row_money(table_name, 'shelf_rows') | indent(8) }} as amount
    from {{ ref('base_contract__' ~ table_name) }} as shelf_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

shelves as (
    select
        table_name,
        count(*) filter (where row_status = 'accepted') as rows_accepted,
        count(*) filter (where row_status = 'rejected') as rows_rejected,
        count(*) filter (where row_status = 'superseded') as rows_superseded,
        sum(amount) filter (where row_status = 'accepted') as amount_accepted,
        sum(amount) filter (where row_status = 'rejected') as amount_rejected,
        sum(amount) filter (where row_status = 'superseded') as amount_superseded,
        sum(abs(amount)) filter (where row_status != 'superseded') as absolute_amount_judged,
        sum(abs(amount)) filter (where row_status = 'rejected') as absolute_amount_rejected
    from shelf_money
    group by table_name
),

-- A table without a row is a row here all the same.
tables as (
    {%- for table_name in landing_contract() %}
    select '{{ table_name }}' as table_name
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_later as (
    select
        table_name,
        count(*) as rows_rejected,
        sum(amount) as amount_rejected,
        sum(abs(amount)) as absolute_amount_rejected
    from {{ ref('dq_rejected_rows') }}
    where shelf = 'checked'
    group by table_name
),

-- A row of a raw table may be several in its fact (a cost spread over days); it is eligible if one
-- of them is.
fact_rows as (
    {%- for fact in conserving_facts() %}
    select
        '{{ fact.table }}' as table_name,
        {{ fact.key }} as row_key,
        bool_or(is_eligible) as is_eligible
    from {{ ref(fact.fact) }}
    {%- if fact.where %}
    where {{ fact.where }}
    {%- endif %}
    group by {{ fact.key }}
    union all
    {%- endfor %}
    select
        cast(null as string) as table_name,
        cast(null as string) as row_key,
        cast(null as boolean) as is_eligible
    where false
),

facts as (
    select
        table_name,
        count(*) filter (where is_eligible) as rows_eligible,
        count(*) filter (where not is_eligible) as rows_excluded
    from fact_rows
    group by table_name
),

-- The raw tables of which a fact keeps every accepted row.
kept_whole as (
    {%- for fact in conserving_facts() %}
    select '{{ fact.table }}' as table_name
    union all
    {%- endfor %}
    select cast(null as string) as table_name
    where false
),

balanced as (
    select
        tables.table_name,
        coalesce(landed.rows_landed, 0) as rows_landed,
        coalesce(shelves.rows_accepted, 0) - coalesce(rejected_later.rows_rejected, 0)
            as rows_accepted,
        coalesce(shelves.rows_rejected, 0) + coalesce(rejected_later.rows_rejected, 0)
            as rows_rejected,
        coalesce(shelves.rows_superseded, 0) as rows_superseded,
        case when kept_whole.table_name is not null then coalesce(facts.rows_eligible, 0) end
            as rows_eligible,
        case when kept_whole.table_name is not null then coalesce(facts.rows_excluded, 0) end
            as rows_excluded,
        coalesce(landed.amount_landed, 0) as amount_landed,
        coalesce(shelves.amount_accepted, 0) - coalesce(rejected_later.amount_rejected, 0)
            as amount_accepted,
        coalesce(shelves.amount_rejected, 0) + coalesce(rejected_later.amount_rejected, 0)
            as amount_rejected,
        coalesce(shelves.amount_superseded, 0) as amount_superseded,
        coalesce(shelves.absolute_amount_judged, 0) as absolute_amount_judged,
        coalesce(shelves.absolute_amount_rejected, 0)
        + coalesce(rejected_later.absolute_amount_rejected, 0) as absolute_amount_rejected
    from tables
    left join landed on tables.table_name = landed.table_name
    left join shelves on tables.table_name = shelves.table_name
    left join rejected_later on tables.table_name = rejected_later.table_name
    left join facts on tables.table_name = facts.table_name
    left join kept_whole on tables.table_name = kept_whole.table_name
),

final as (
    select
        table_name,
        cast(rows_landed as bigint) as rows_landed,
        cast(rows_accepted as bigint) as rows_accepted,
        cast(rows_rejected as bigint) as rows_rejected,
        cast(rows_superseded as bigint) as rows_superseded,
        cast(rows_landed - rows_accepted - rows_rejected - rows_superseded as bigint)
            as rows_residual,
        cast(rows_eligible as bigint) as rows_eligible,
        cast(rows_excluded as bigint) as rows_excluded,
        cast(rows_accepted - rows_eligible - rows_excluded as bigint) as fact_rows_residual,
        cast(amount_landed as decimal(38, 8)) as amount_landed,
        cast(amount_accepted as decimal(38, 8)) as amount_accepted,
        cast(amount_rejected as decimal(38, 8)) as amount_rejected,
        cast(amount_superseded as decimal(38, 8)) as amount_superseded,
        cast(
            amount_landed - amount_accepted - amount_rejected - amount_superseded
            as decimal(38, 8)
        ) as amount_residual,
        cast(absolute_amount_judged as decimal(38, 8)) as absolute_amount_judged,
        cast(absolute_amount_rejected as decimal(38, 8)) as absolute_amount_rejected,
        '{{ invocation_id }}' as build_id
    from balanced
)

select * from final
