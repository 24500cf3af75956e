{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_units',
    unique_key='order_id',
    meta={'keeps_changes': 'rows', 'event_time': 'entry_date'},
    pre_hook='{{ find_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
with entries as (
    select
        order_id,
        entry_date,
        customer_type,
        sum(gross_sales - discounts - returns - cancellations) as net_sales,
        sum(cogs) as cogs
    from {{ rows_of_changed_units(ref('fct_sales_entries')) }}
    where is_eligible
    group by order_id, entry_date, customer_type
),

models as (
    {%- for name in attribution_models() %}
    select '{{ name }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

credits as (
    select
        conversion_id as order_id,
        attribution_model,
        touch_id,
        {{ reporting_date('touched_at') }} as touch_date,
        marketing_channel,
        campaign,
        program,
        initiative,
        tactic,
        is_marketing,
        is_paid,
        -- With 18 and 19 digits a product keeps its 12 places: DuckDB gives one of 18 and 18 digits
        -- no more than 18, Spark rounds one that would need more than 38.
        cast(credit as decimal(19, 8)) as credit
    from {{ rows_of_changed_units(ref('fct_attribution_credits'), 'conversion_id') }}
    where conversion_type = 'order'
),

-- An order that is no conversion (a credit) has no touch; one that was cancelled later keeps its.
final as (
    select
        entries.order_id,
        entries.entry_date,
        models.attribution_model,
        credits.touch_id,
        credits.touch_date,
        {%- for name in ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic'] %}
        coalesce(credits.{{ name }}, '(unattributed)') as {{ name }},
        {%- endfor %}
        coalesce(credits.is_marketing, false) as is_marketing,
        coalesce(credits.is_paid, false) as is_paid,
        entries.customer_type,
        cast(
            cast(entries.net_sales as decimal(18, 4)) * coalesce(credits.credit, 1)
            as decimal(38, 12)
        ) as net_sales,
        cast(
            cast(entries.net_sales - entries.cogs as decimal(18, 4)) * coalesce(credits.credit, 1)
            as decimal(38, 12)
        ) as margin
    from entries
    cross join models
    left join credits
        on
            entries.order_id = credits.order_id
            and models.attribution_model = credits.attribution_model
)

select * from final
