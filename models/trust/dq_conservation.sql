{%- set conserved = conserving_facts() | map(attribute='table') | list %}
-- Landed rows are counted anew from landing, not from the shelf that sorted them.
with landed as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        count(*) as rows_landed,
        sum(amount) as amount_landed
    from (
        select {{ landed_money(table_name) | indent(12) }} as amount
        from {{ ref('landing__' ~ table_name) }}
    ) as rows_with_money
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

shelves as (
    {%- for table_name in landing_contract() %}
    select
        '{{ table_name }}' as table_name,
        count(*) filter (where row_status = 'accepted') as rows_accepted,
        count(*) filter (where row_status = 'rejected') as rows_rejected,
        count(*) filter (where row_status = 'superseded') as rows_superseded,
        sum(amount) filter (where row_status = 'accepted') as amount_accepted,
        sum(amount) filter (where row_status = 'rejected') as amount_rejected,
        sum(amount) filter (where row_status = 'superseded') as amount_superseded,
        sum(abs(amount)) filter (where row_status != 'superseded') as absolute_amount_judged,
        sum(abs(amount)) filter (where row_status = 'rejected') as absolute_amount_rejected
    from (
        select
            row_status,
            {{ row_money(table_name) }} as amount
        from {{ ref('base_contract__' ~ table_name) }}
    ) as rows_with_money
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

-- A row of a raw table may be several in its fact (a cost spread over days); it is eligible if one is.
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
        cast(null as varchar) as table_name,
        cast(null as varchar) as row_key,
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

balanced as (
    select
        landed.table_name,
        landed.rows_landed,
        shelves.rows_accepted - coalesce(rejected_later.rows_rejected, 0) as rows_accepted,
        shelves.rows_rejected + coalesce(rejected_later.rows_rejected, 0) as rows_rejected,
        shelves.rows_superseded,
        case
            when landed.table_name in ('{{ conserved | join("', '") }}')
                then coalesce(facts.rows_eligible, 0)
        end as rows_eligible,
        case
            when landed.table_name in ('{{ conserved | join("', '") }}')
                then coalesce(facts.rows_excluded, 0)
        end as rows_excluded,
        coalesce(landed.amount_landed, 0) as amount_landed,
        coalesce(shelves.amount_accepted, 0) - coalesce(rejected_later.amount_rejected, 0)
            as amount_accepted,
        coalesce(shelves.amount_rejected, 0) + coalesce(rejected_later.amount_rejected, 0)
            as amount_rejected,
        coalesce(shelves.amount_superseded, 0) as amount_superseded,
        coalesce(shelves.absolute_amount_judged, 0) as absolute_amount_judged,
        coalesce(shelves.absolute_amount_rejected, 0)
        + coalesce(rejected_later.absolute_amount_rejected, 0) as absolute_amount_rejected
    from landed
    left join shelves on landed.table_name = shelves.table_name
    left join rejected_later on landed.table_name = rejected_later.table_name
    left join facts on landed.table_name = facts.table_name
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
        cast(absolute_amount_rejected as decimal(38, 8)) as absolute_amount_rejected
    from balanced
)

select * from final
